-- @include clock
-- @include group
-- @include ledger
-- @include booking
-- @include reservation
-- @include budget
--
-- Ends a reservation whose call was not made: gives start, tokens, slot and retry count back.
--
-- Input
--   KEYS  1 clock, 2 reservation, 3 pool budget, then the keys of its group
--   ARGV  1 now ('' = Redis TIME), 2 known epoch, 3 rid, 4 leaseMs
-- Output
--   'released', epoch
-- Invariant
--   Sent again it changes nothing. Pacing time that has passed unused is gone, as after any idle gap.
local clock = readClock(KEYS[1], ARGV[1], ARGV[2])
local rid, leaseMs, keys = ARGV[3], tonumber(ARGV[4]), groupKeys(4)

local r = loadReservation(KEYS[2])
if r and r.state ~= 'live' then return { 'released', clock.epoch } end
if r then
  local state = unpackState(redis.call('GET', keys.state))
  giveBackStart(clock, keys, state, rid, r)
  saveState(keys, state, clock.now)
  uncountCall(KEYS[3], r.counter)
end
spendReservation(KEYS[2], keys.leases, rid, leaseMs)
return { 'released', clock.epoch }
