-- @include clock
-- @include group
-- @include ledger
-- @include booking
-- @include reservation
-- @include budget
--
-- Claims the earliest start over all candidates, or changes nothing.
--
-- Input
--   KEYS  1 clock, 2 reservation, 3 pool budget, then per candidate the keys of its group (see group)
--   ARGV  1 now ('' = Redis TIME), 2 known epoch, 3 rid, 4 maxWaitMs, 5 isRetry (0, 1), 6 jitterMs, 7 windowMs,
--         8 leaseMs, 9 maxAheadMs, 10 retry share, 11 retry floor, then per candidate 8: endpoint, group, rpm, tpm,
--         concurrency, cost (tokens), requestGapMs, tokenMs; 0 = not limited
-- Output
--   'granted', epoch, endpoint, group, startAt, startInMs, leaseMs, blockedBy
--   'wait', epoch, retryInMs, blockedBy, endpoint
--   'spent', epoch
--   'retryBudgetSpent', epoch
-- Invariant
--   One rid is charged once, on one group. The earliest start wins, then the largest headroom, then the first named.
--   Any answer but a first 'granted' leaves every key but the clock as it was.
--   startAt - now <= maxWaitMs.
local firstGroupKey, firstCandidateArg, candidateArgs = 4, 12, 8

local clock = readClock(KEYS[1], ARGV[1], ARGV[2])
local rid, maxWaitMs, isRetry = ARGV[3], tonumber(ARGV[4]), ARGV[5] == '1'
local settings = {
  jitterMs = tonumber(ARGV[6]), windowMs = tonumber(ARGV[7]),
  leaseMs = tonumber(ARGV[8]), maxAheadMs = tonumber(ARGV[9]),
}

local function granted(r)
  return { 'granted', clock.epoch, r.endpoint, r.group, r.start, r.start - clock.now, r.leaseMs, r.blockedBy }
end

local known = loadReservation(KEYS[2])
if known then
  if isStanding(known, clock.now) then return granted(known) end
  return { 'spent', clock.epoch }
end
if isRetry and isBudgetSpent(KEYS[3], clock.now, tonumber(ARGV[10]), tonumber(ARGV[11])) then
  return { 'retryBudgetSpent', clock.epoch }
end

local function candidateAt(index)
  local at = firstCandidateArg + index * candidateArgs
  return {
    endpoint = ARGV[at],
    group = ARGV[at + 1],
    rpm = tonumber(ARGV[at + 2]),
    tpm = tonumber(ARGV[at + 3]),
    concurrency = tonumber(ARGV[at + 4]),
    cost = tonumber(ARGV[at + 5]),
    requestGapMs = tonumber(ARGV[at + 6]),
    tokenMs = tonumber(ARGV[at + 7]),
  }
end

local best, soonest
for index, group in ipairs(loadGroups(firstGroupKey, (#ARGV - firstCandidateArg + 1) / candidateArgs)) do
  local limits = candidateAt(index - 1)
  local plan = planStart(clock, settings, group, limits, best)
  if plan then
    local retryInMs = plan.retryInMs or plan.start - clock.now - maxWaitMs
    if retryInMs <= 0 then
      best = plan
    elseif not soonest or retryInMs < soonest.retryInMs then
      soonest = { retryInMs = retryInMs, blockedBy = plan.blockedBy, endpoint = limits.endpoint }
    end
  end
end
if not best then
  return { 'wait', clock.epoch, math.max(retryFloorMs, soonest.retryInMs), soonest.blockedBy, soonest.endpoint }
end

local limits = best.limits
local reservation = {
  endpoint = limits.endpoint, group = limits.group, start = best.start, blockedBy = best.blockedBy,
  leaseUntil = best.start + settings.leaseMs, leaseMs = settings.leaseMs,
  tokens = limits.cost, bucket = takeStart(clock, best, rid),
  requestGapMs = limits.requestGapMs, tokenMs = limits.tokenMs, rpm = limits.rpm, tpm = limits.tpm,
  maxWaitMs = maxWaitMs, counter = countCall(KEYS[3], clock.now, isRetry),
}
holdLease(best.keys.leases, rid, reservation, clock.now)
saveState(best.keys, best.state, clock.now)
saveReservation(KEYS[2], reservation, clock.now)
return granted(reservation)
