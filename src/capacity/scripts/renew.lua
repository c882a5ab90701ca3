-- @include clock
-- @include group
-- @include reservation
--
-- Extends a lease to now + leaseMs.
--
-- Input
--   KEYS  1 clock, 2 reservation, then the keys of its group
--   ARGV  1 now ('' = Redis TIME), 2 known epoch, 3 rid, 4 leaseMs, 5 endpoint, 6 group
-- Output
--   'renewed', epoch
--   'spent', epoch
-- Invariant
--   A lease is never shortened, and one that has lapsed stays lapsed. A record that is gone means that state was lost
--   while the call was in flight: the lease is made again, over the limit if need be, because the call is real.
local clock = readClock(KEYS[1], ARGV[1], ARGV[2])
local rid, leaseMs, keys = ARGV[3], tonumber(ARGV[4]), groupKeys(3)

local r = loadReservation(KEYS[2])
if r and not isStanding(r, clock.now) then return { 'spent', clock.epoch } end
if r then
  extendLease(KEYS[2], keys.leases, rid, r, clock.now + leaseMs, clock.now)
else
  local lease = {
    endpoint = ARGV[5], group = ARGV[6], start = clock.now, leaseUntil = clock.now + leaseMs, leaseMs = leaseMs,
    -- What it was charged was lost with its record.
    blockedBy = '', tokens = 0, bucket = 0, requestGapMs = 0, tokenMs = 0, rpm = 0, tpm = 0, maxWaitMs = 0, counter = '',
  }
  saveReservation(KEYS[2], lease, clock.now)
  holdLease(keys.leases, rid, lease, clock.now)
end
return { 'renewed', clock.epoch }
