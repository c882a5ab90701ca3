-- @include clock
-- @include group
-- @include ledger
-- @include booking
-- @include reservation
--
-- Asks whether a claim still stands, and moves it when its start has passed or its endpoint was paused meanwhile.
--
-- Input
--   KEYS  1 clock, 2 reservation, then the keys of its group
--   ARGV  1 now ('' = Redis TIME), 2 known epoch, 3 rid, 4 jitterMs (= grace), 5 windowMs, 6 leaseMs,
--         7 maxAheadMs
-- Output
--   'confirmed', epoch, startInMs (>= 0), leaseMs
--   'spent', epoch
-- Invariant
--   A start that moves is booked anew behind everyone, so callers held up together do not fire together; the place it
--   leaves is given back. A claim that would have to start later than its maxWaitMs allows is spent, and a record that
--   is gone too: without it nobody knows what the claim was charged.
local clock = readClock(KEYS[1], ARGV[1], ARGV[2])
local rid = ARGV[3]
local settings = {
  jitterMs = tonumber(ARGV[4]), windowMs = tonumber(ARGV[5]),
  leaseMs = tonumber(ARGV[6]), maxAheadMs = tonumber(ARGV[7]),
}

local r = loadReservation(KEYS[2])
if not r or not isStanding(r, clock.now) then return { 'spent', clock.epoch } end

local group = loadGroups(3, 1)[1]
local keys, state, pausedUntil = keysOf(group), group.state, group.pausedUntil
if clock.now <= r.start + settings.jitterMs and math.max(clock.now, r.start) >= pausedUntil then
  extendLease(KEYS[2], keys.leases, rid, r, math.max(clock.now, r.start) + r.leaseMs, clock.now)
  return { 'confirmed', clock.epoch, math.max(0, r.start - clock.now), r.leaseMs }
end

giveBackStart(clock, keys, state, rid, r)
saveState(keys, state, clock.now)
local limits = {
  rpm = r.rpm, tpm = r.tpm, concurrency = 0, cost = r.tokens, requestGapMs = r.requestGapMs, tokenMs = r.tokenMs,
}
local plan = planStart(clock, settings, group, limits)
if plan.start > clock.now + r.maxWaitMs then
  spendReservation(KEYS[2], keys.leases, rid, r.leaseMs)
  return { 'spent', clock.epoch }
end
r.start, r.blockedBy, r.bucket = plan.start, plan.blockedBy, takeStart(clock, plan, rid)
r.leaseUntil = r.start + r.leaseMs
holdLease(keys.leases, rid, r, clock.now)
saveState(keys, plan.state, clock.now)
saveReservation(KEYS[2], r, clock.now)
return { 'confirmed', clock.epoch, r.start - clock.now, r.leaseMs }
