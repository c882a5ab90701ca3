-- @include clock
-- @include group
-- @include ledger
-- @include booking
-- @include reservation
-- @include pause
--
-- Ends a reservation whose call was made: frees the slot, replaces the estimate, closes what has to be closed.
--
-- Input
--   KEYS  1 clock, 2 reservation, then the keys of its group
--   ARGV  1 now ('' = Redis TIME), 2 known epoch, 3 rid, 4 leaseMs, 5 actual tokens ('' keeps the estimate),
--         6 ms to pause the group, 7 ms to pause the endpoint, 8 admitted ('yes', 'no' = 429, '' = not known)
-- Output
--   'settled', epoch
-- Invariant
--   Sent again it changes nothing. A lapsed reservation is still settled: its call was charged. Without a record only
--   the pause is applied. Lower usage gives back no more than an idle gap would; higher usage is added.
local holdWeight = 0.2

local clock = readClock(KEYS[1], ARGV[1], ARGV[2])
local rid, leaseMs, actual = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local keys = groupKeys(3)

local r = loadReservation(KEYS[2])
if r and r.state ~= 'live' then return { 'settled', clock.epoch } end
if r then
  local state = unpackState(redis.call('GET', keys.state))
  if actual then amendTokens(clock, keys, state, r, actual) end
  if ARGV[8] == 'yes' then state.largest = math.max(state.largest, r.tokens) end
  if ARGV[8] == 'no' then state.largest = 0 end
  local heldMs = math.max(0, clock.now - r.start)
  state.meanHoldMs = state.meanHoldMs == 0 and heldMs or state.meanHoldMs + holdWeight * (heldMs - state.meanHoldMs)
  saveState(keys, state, clock.now)
end
spendReservation(KEYS[2], keys.leases, rid, leaseMs)
pauseFor(keys.pause, clock.now, tonumber(ARGV[6]))
pauseFor(keys.closed, clock.now, tonumber(ARGV[7]))
return { 'settled', clock.epoch }
