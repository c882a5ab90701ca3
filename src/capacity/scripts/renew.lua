-- Extends a lease to now + leaseMs.
--
-- Input
--   KEYS  1 state, 2 reservation
--   ARGV  1 now ('' = Redis TIME), 2 known mark, 3 rid, 4 leaseMs, 5 endpoint, 6 group
-- Output
--   'renewed', mark
--   'spent', mark
-- Invariant
--   A lease is never shortened, and one that has lapsed stays lapsed. A record that is gone means that state was lost
--   while the call was in flight: the lease is made again, over the limit if need be, because the call is real.

-- @include state
-- @include clock
-- @include group
-- @include new-group
-- @include reservation
-- @include lease-end
-- @include gate
-- @include probe

local unbookedMs = 1000

local rid, leaseMs = ARGV[3], tonumber(ARGV[4])
local values = redis.call('HMGET', stateKey, 'clock', 'group:' .. ARGV[6])
local clock = readClock(values[1], ARGV[1], ARGV[2])
local now = clock.now

local function answer(...)
  flushState()
  return { ... }
end

local r = loadReservation(KEYS[2])
if r and not isStanding(r, now) then return answer('spent', clock.mark) end
local s = openGroup(ARGV[6], values[2])
if r then
  extendLease(KEYS[2], s, rid, r, now + leaseMs, now)
  if r.isProbe == 1 then keepProbe(r.endpoint, redis.call('HGET', stateKey, 'gate:' .. r.endpoint), r.leaseUntil) end
else
  local lease = {
    endpoint = ARGV[5], group = ARGV[6], start = now, leaseUntil = now + leaseMs, leaseMs = leaseMs,
    -- What it was charged was lost with its record.
    blockedBy = '', cost = { 0, 0, 0, 0 }, bucket = 0, maxWaitMs = 0, counter = '', isProbe = 0,
  }
  saveReservation(KEYS[2], lease, now)
  holdLease(s, rid, lease)
  -- Calls that nobody here has booked went out a moment ago: no burst on top of them.
  for d = 1, dimensionCount do
    if s[LIMIT + d] > 0 then s[TAT + d] = math.max(s[TAT + d], now + unbookedMs) end
  end
end
saveGroup(s, now)
return answer('renewed', clock.mark)
