-- Asks whether a claim still stands, and moves it when its start has passed or its endpoint was closed meanwhile.
--
-- Input
--   KEYS  1 state, 2 reservation
--   ARGV  1 now ('' = Redis TIME), 2 known mark, 3 rid, 4 settings, 5 endpoint, 6 group, 7 pool
-- Output
--   'confirmed', mark, startInMs (>= 0), leaseMs
--   'spent', mark
-- Invariant
--   A start that moves is booked anew behind everyone, so callers held up together do not fire together; the place it
--   leaves is given back. A claim that would have to start later than its maxWaitMs allows is spent, and a record that
--   is gone too: without it nobody knows what the claim was charged.

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
-- @include calls
-- @include uncount

local rid, endpoint, pool = ARGV[3], ARGV[5], ARGV[7]
local values = redis.call('HMGET', stateKey, 'clock', 'group:' .. ARGV[6], 'gate:' .. endpoint)
local clock, settings = readClock(values[1], ARGV[1], ARGV[2]), readSettings(ARGV[4])
local now = clock.now

local function answer(...)
  flushState()
  return { ... }
end

local r = loadReservation(KEYS[2])
if not r or not isStanding(r, now) or not values[2] then return answer('spent', clock.mark) end

local s, isProbe = unpackGroup(r.group, values[2]), r.isProbe == 1

local function giveUp()
  if isProbe then dropProbe(endpoint, values[3]) end
  uncountCall(pool, r.counter)
  dropLease(s, rid)
  spendReservation(KEYS[2], r.leaseMs)
  saveGroup(s, now)
  return answer('spent', clock.mark)
end

local gate
if values[3] and not isProbe then
  local at, blockedBy = gateOf(values[3], now)
  -- Claims that were made before ramping began keep their start: their number is bounded by the pacing they have.
  if blockedBy ~= 'ramp' then gate = { at = at, blockedBy = blockedBy } end
end
local startsAt = math.max(now, r.start)
if now <= r.start + settings.jitterMs and startsAt >= s[PAUSED] and not (gate and gate.at > startsAt) then
  extendLease(KEYS[2], s, rid, r, startsAt + r.leaseMs, now)
  if isProbe then keepProbe(endpoint, values[3], r.leaseUntil) end
  saveGroup(s, now)
  return answer('confirmed', clock.mark, math.max(0, r.start - now), r.leaseMs)
end

giveBackStart(s, settings, now, rid, r)
-- Behind an open breaker only its probe starts: the others take another endpoint.
if gate and gate.blockedBy == 'breaker' then return giveUp() end
-- Its own slot is not what it waits for.
local concurrency = s[CONCURRENCY]
s[CONCURRENCY] = 0
local plan = planStart(clock, settings, { s = s, cost = r.cost, gate = gate, endpoint = endpoint })
s[CONCURRENCY] = concurrency
if not plan.start or plan.start > now + r.maxWaitMs then return giveUp() end
plan.candidate = { s = s, cost = r.cost }
r.start, r.blockedBy, r.bucket = plan.start, plan.blockedBy, takeStart(clock, settings, plan, rid)
r.leaseUntil = r.start + r.leaseMs
if isProbe then keepProbe(endpoint, values[3], r.leaseUntil) end
holdLease(s, rid, r)
saveGroup(s, now)
saveReservation(KEYS[2], r, now)
return answer('confirmed', clock.mark, r.start - now, r.leaseMs)
