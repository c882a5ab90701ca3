-- Ends a reservation whose call was not made: gives start, tokens, slot and retry count back. A rid that only waits
-- leaves the queue.
--
-- Input
--   KEYS  1 state, 2 reservation
--   ARGV  1 now ('' = Redis TIME), 2 known mark, 3 rid, 4 settings, 5 pool
-- Output
--   'released', mark
-- Invariant
--   Sent again it changes nothing. Pacing time that has passed unused is gone, as after any idle gap.

-- @include state
-- @include clock
-- @include settings
-- @include group
-- @include bound
-- @include ledger
-- @include gate
-- @include probe
-- @include reservation
-- @include lease-end
-- @include booking
-- @include give-back
-- @include lanes
-- @include queue
-- @include calls
-- @include uncount

local rid, pool = ARGV[3], ARGV[5]
local r = loadReservation(KEYS[2])
local group, endpoint = r and r.group or '', r and r.endpoint or ''
local values =
  redis.call('HMGET', stateKey, 'clock', 'pool:' .. pool, 'group:' .. group, 'gate:' .. endpoint)
local clock, settings = readClock(values[1], ARGV[1], ARGV[2]), readSettings(ARGV[4])
local now = clock.now

if not r and values[2] then
  local p, ticket = unpackPool(values[2]), ticketOf(pool, rid)
  if ticket then
    giveUpTicket(pool, p, rid, ticket)
    savePool(pool, p)
  end
end
if r and not r.isSpent then
  if values[3] then
    local s = unpackGroup(group, values[3])
    giveBackStart(s, settings, now, rid, r)
    dropLease(s, rid)
    saveGroup(s, now)
  end
  if r.isProbe == 1 then
    dropProbe(endpoint, values[4])
  end
  uncountCall(pool, r.counter)
end
-- Also without a record: what comes late must not be granted to somebody who has gone.
if not (r and r.isSpent) then spendReservation(KEYS[2], settings.leaseMs) end
flushState()
return { 'released', clock.mark }
