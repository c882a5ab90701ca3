-- Claims a start on one of the candidates, or takes a place in the queue.
--
-- Input
--   KEYS  1 state, 2 reservation
--   ARGV  1 now ('' = Redis TIME), 2 known epoch, 3 rid, 4 pool, 5 tenant, 6 settings (see settings), 7 the call:
--         maxWaitMs, isRetry (0, 1), level (1–4, see lanes), weight of the tenant, spillAfterMs, longest expected wait
--         and largest backlog before it is refused (-1 = any), takes a place in the queue (0, 1), 8 candidates (see
--         choice), then endpoint and group of each
-- Output
--   'granted', epoch, endpoint, group, startAt, startInMs, leaseMs, blockedBy
--   'wait', epoch, retryInMs, blockedBy, endpoint
--   'overloaded', epoch, expectedMs, waiting
--   'spent', epoch
--   'retryBudgetSpent', epoch
--   'tooLarge', epoch, endpoint, dimension: the limits in force are lower than the caller knows
--   'unconfigured', epoch: the limits of a group are not known here; configure, then ask again
-- Invariant
--   One rid is charged once, on one group. startAt - now <= maxWaitMs. Only a first 'granted' charges anything; a first
--   'wait' takes a place in the queue; every other answer leaves all but the clock as it was.
--
-- A script makes all its functions anew with every call, so those that most calls do not need are included where they
-- are needed.

-- @include state
-- @include clock
-- @include settings
-- @include group
-- @include bound
-- @include ledger
-- @include gate
-- @include reservation
-- @include booking
-- @include choice
-- @include lanes
-- @include calls

local firstName = 9
local rid, pool, tenant = ARGV[3], ARGV[4], ARGV[5]
local count = (#ARGV - firstName + 1) / 2

local fields = { 'clock', 'pool:' .. pool }
for i = 1, count do
  fields[2 + i] = 'group:' .. ARGV[firstName + 2 * i - 1]
  fields[2 + count + i] = 'gate:' .. ARGV[firstName + 2 * (i - 1)]
end
local known = loadReservation(KEYS[2])
local values = redis.call('HMGET', stateKey, unpack(fields))
local clock, settings = readClock(values[1], ARGV[1], ARGV[2]), readSettings(ARGV[6])
local now = clock.now

local function answer(...)
  flushState()
  return { ... }
end

local function granted(r)
  return answer('granted', clock.epoch, r.endpoint, r.group, r.start, r.start - now, r.leaseMs, r.blockedBy)
end

if known then
  if isStanding(known, now) then return granted(known) end
  return answer('spent', clock.epoch)
end
local maxWaitMs, isRetry, level, weight, spillAfterMs, longestExpectedMs, largestBacklog, queues =
  struct.unpack('<dddddddd', ARGV[7])

local function isRetrySpent()
  -- @include budget
  return isBudgetSpent(pool, now, settings)
end
if isRetry == 1 and isRetrySpent() then return answer('retryBudgetSpent', clock.epoch) end

local p, hasPoolChanged = unpackPool(values[2]), false
local isBatch = isBatchLevel(level)
local isOwed = isBatch and (hasMinimum(p, level, now))
local field = openField(clock, settings, {
  count = count, costs = ARGV[8], namesFrom = firstName,
  groups = { unpack(values, 3, 2 + count) }, gates = { unpack(values, 3 + count, 2 + 2 * count) },
  isBatch = isBatch, isOwed = isOwed, leavesSlot = not isBatch and isBatchOwed(p, now),
})
if not field then return answer('unconfigured', clock.epoch) end
if field.fitting == 0 then
  local name = ARGV[firstName + 2 * (field.tooLargeAt - 1)]
  return answer('tooLarge', clock.epoch, name, dimensionNames[field.tooLarge])
end

local horizonMs = horizonOf(p, settings, level, maxWaitMs, now)
if not isBatch and now - p[INTERACTIVE_AT] >= noteInteractiveEveryMs then
  p[INTERACTIVE_AT], hasPoolChanged = now, true
end
local best, soonest = choose(clock, settings, field, spillAfterMs, horizonMs)

local function grant()
  local candidate = best.candidate
  local s = candidate.s
  local r = {
    endpoint = candidate.endpoint, group = s.name, start = best.start, blockedBy = best.blockedBy,
    leaseUntil = best.start + settings.leaseMs, leaseMs = settings.leaseMs, maxWaitMs = maxWaitMs,
    cost = candidate.cost, bucket = takeStart(clock, settings, best, rid), isProbe = 0,
    counter = countCall(pool, now, isRetry == 1),
  }
  if candidate.packedGate then
    local slotMs = s[CONCURRENCY] > 0 and s[MEAN_HOLD] / s[CONCURRENCY] or 0
    local paceMs = math.max(paceOf(s, candidate.cost), slotMs)
    r.isProbe = noteStart(r.endpoint, candidate.packedGate, r.start, paceMs, r.leaseMs, now)
  end
  if hasPoolChanged then savePool(pool, p) end
  holdLease(s, rid, r)
  saveGroup(s, now)
  saveReservation(KEYS[2], r, now)
  return granted(r)
end

if best and best.start <= now and not isAnyWaiting(p) then return grant() end

-- @include queue

-- Not everybody can start now, so it matters whose turn it is.
local ticket, serviceMs
if isAnyWaiting(p) then
  hasPoolChanged = true
  dropDeadTickets(pool, p, now)
  ticket = redis.call('ZSCORE', queueKey(pool, level), rid)
end
local service = {}
for i = 1, count do
  if field.ranks[i] then
    service[#service + 1] = field.plans[i] and field.plans[i].candidate or candidateAt(clock, field.asked, i)
  end
end
serviceMs = serviceMsOf(service, now)
local tag = ticket and tonumber(ticket) or tagOf(pool, p, level, tenant)
local ahead, ownAhead = countAhead(pool, p, level, tag, now)
local aheadMs = ahead * p[MEAN_SERVICE]

local startsInTime = best and best.start - now <= horizonMs
if startsInTime and (aheadMs <= toleranceMs or isIdle(best.candidate.s, now)) then
  hasPoolChanged = true
  if ticket then
    leaveQueue(pool, p, level, rid)
  else
    chargeTenant(pool, level, tenant, tag, serviceMs / weight)
  end
  p[VIRTUAL + level] = math.max(p[VIRTUAL + level], tag)
  noteGrant(p, settings, level, serviceMs, now)
  return grant()
end

local freeInMs = best and best.start - now or soonest.retryInMs
local expectedMs = freeInMs + aheadMs
local firstLevel = isBatch and 3 or 1
local waiting = waitingIn(p, firstLevel, firstLevel + 1)
local isRefused = not ticket and ((longestExpectedMs >= 0 and expectedMs > longestExpectedMs)
  or (largestBacklog >= 0 and waiting >= largestBacklog))
if isRefused then
  if hasPoolChanged then savePool(pool, p) end
  return answer('overloaded', clock.epoch, math.ceil(expectedMs), waiting)
end

local toldInMs = toldMs(expectedMs, best and horizonMs or 0, ahead > 0)
if isBatch and not isOwed then
  -- Its minimum may come sooner than what the others leave.
  local minimumInMs = p[BATCH_DUE] - now + ownAhead * p[MEAN_SERVICE] / math.max(0.001, settings.batchMinimumShare)
  toldInMs = math.min(toldInMs, math.ceil(math.max(retryFloorMs, minimumInMs, freeInMs - maxWaitMs)))
end
if queues == 1 then
  if not ticket then chargeTenant(pool, level, tenant, tag, serviceMs / weight) end
  holdTicket(pool, p, level, {
    rid = rid, tag = tag, serviceMs = serviceMs, isNew = not ticket, backAt = now + toldInMs,
  })
  hasPoolChanged = true
end
if hasPoolChanged then savePool(pool, p) end
local blockedBy = best and best.blockedBy or soonest.blockedBy
local endpoint = best and best.candidate.endpoint or soonest.endpoint
return answer('wait', clock.epoch, toldInMs, blockedBy == '' and 'queue' or blockedBy, endpoint)
