-- Claims a start on one of the candidates, or takes a place in the queue.
--
-- Input
--   KEYS  1 state, 2 reservation
--   ARGV  1 now ('' = Redis TIME), 2 known mark, 3 rid, 4 pool, 5 tenant, 6 settings (see settings), 7 the call:
--         maxWaitMs, isRetry (0, 1), level (1–4, see lanes), weight of the tenant, spillAfterMs, longest expected wait
--         and largest backlog before it is refused (-1 = any), takes a place in the queue (0, 1), 8 candidates (see
--         choice), then endpoint and group of each
-- Output
--   'granted', mark, endpoint, group, startAt, startInMs, leaseMs, blockedBy
--   'wait', mark, retryInMs, blockedBy, endpoint
--   'overloaded', mark, expectedMs, waiting
--   'spent', mark
--   'retryBudgetSpent', mark
--   'tooLarge', mark, endpoint, dimension: the limits in force are lower than the caller knows
--   'unconfigured', mark: the limits of a group are not known here; configure, then ask again
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
  return answer('granted', clock.mark, r.endpoint, r.group, r.start, r.start - now, r.leaseMs, r.blockedBy)
end

if known then
  if isStanding(known, now) then return granted(known) end
  return answer('spent', clock.mark)
end
local maxWaitMs, isRetry, level, weight, spillAfterMs, longestExpectedMs, largestBacklog, queues =
  struct.unpack('<dddddddd', ARGV[7])

local function isRetrySpent()
  -- @include budget
  return isBudgetSpent(pool, now, settings)
end
if isRetry == 1 and isRetrySpent() then return answer('retryBudgetSpent', clock.mark) end

local p, hasPoolChanged = unpackPool(values[2]), false

local function tidyQueue()
  -- @include queue
  return dropDeadTickets(pool, p, now)
end
-- Before anything is left free for those who wait.
if isAnyWaiting(p) then hasPoolChanged = tidyQueue() end

local isBatch = isBatchLevel(level)
local field = openField(clock, settings, {
  count = count, costs = ARGV[8], namesFrom = firstName,
  groups = { unpack(values, 3, 2 + count) }, gates = { unpack(values, 3 + count, 2 + 2 * count) },
  isBatch = isBatch, isOwed = isBatch and isBatchOwed(p, now), leavesSlot = not isBatch and isBatchOwed(p, now),
})
if not field then return answer('unconfigured', clock.mark) end
if field.fitting == 0 then
  local name = ARGV[firstName + 2 * (field.tooLargeAt - 1)]
  return answer('tooLarge', clock.mark, name, dimensionNames[field.tooLarge])
end

local horizonMs = horizonOf(p, settings, level, maxWaitMs, field.interactiveAt, now)
local best, soonest = choose(clock, settings, field, spillAfterMs, horizonMs)

local function grant()
  local candidate = best.candidate
  local s = candidate.s
  if not isBatch then s[INTERACTIVE_AT] = now end
  local r = {
    endpoint = candidate.endpoint, group = s.name, start = best.start, blockedBy = best.blockedBy,
    leaseUntil = best.start + settings.leaseMs, leaseMs = settings.leaseMs, maxWaitMs = maxWaitMs,
    cost = candidate.cost, bucket = takeStart(clock, settings, best, rid), isProbe = 0,
    counter = countCall(pool, now, isRetry == 1),
  }
  if candidate.packedGate then
    local slotMs = s[CONCURRENCY] > 0 and s[MEAN_HOLD] / s[CONCURRENCY] or 0
    local paceMs = math.max(paceOf(s, candidate.cost, now), slotMs)
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
-- @include idle

-- Not everybody can start now, so it matters whose turn it is.
local ticket
if isAnyWaiting(p) then
  ticket = ticketOf(pool, rid)
  if ticket and ticket.level ~= level then
    giveUpTicket(pool, p, rid, ticket)
    ticket, hasPoolChanged = nil, true
  end
end
local service = {}
for i = 1, count do
  if field.ranks[i] then
    service[#service + 1] = field.plans[i] and field.plans[i].candidate or candidateAt(clock, field.asked, i)
  end
end
local serviceMs = serviceMsOf(service, now)
noteService(p, serviceMs)
local isNew = not ticket
ticket = ticket or { level = level, tag = tagOf(pool, p, level, tenant), share = serviceMs / weight, tenant = tenant }
local above, own = countAhead(pool, p, level, ticket.tag, now)
local aheadMs = (above + own) * p[MEAN_SERVICE]
local isItsTurn = above == 0 and aheadMs <= toleranceMs
local reachesStart = best and best.start - now <= reachMs(aheadMs, horizonMs)
if reachesStart and (isItsTurn or isIdle(best.candidate.s, now)) then
  hasPoolChanged = true
  if isNew then
    setTenantTag(pool, level, tenant, ticket.tag + ticket.share)
  else
    leaveQueue(pool, p, rid, ticket)
  end
  p[VIRTUAL + level] = math.max(p[VIRTUAL + level], ticket.tag)
  noteGrant(p, settings, level, serviceMs, now)
  return grant()
end

local freeInMs = best and best.start - now or soonest.retryInMs
local expectedMs = freeInMs + aheadMs
local firstLevel = isBatch and 3 or 1
local waiting = waitingIn(p, firstLevel, firstLevel + 1)
local isRefused = isNew and ((longestExpectedMs >= 0 and expectedMs > longestExpectedMs)
  or (largestBacklog >= 0 and waiting >= largestBacklog))
if isRefused then
  if hasPoolChanged then savePool(pool, p) end
  return answer('overloaded', clock.mark, math.ceil(expectedMs), waiting)
end

local toldInMs = toldMs(freeInMs, aheadMs, best and horizonMs or 0)
if queues == 1 then
  if isNew then
    beginMinimum(p, settings, level, serviceMs, now)
    takeTicket(pool, p, rid, ticket)
  end
  local guaranteedInMs = best and (isBatch or above > 0) and minimumInMs(p, settings, level, own, now)
  if guaranteedInMs then
    toldInMs = math.min(toldInMs, math.ceil(math.max(retryFloorMs, guaranteedInMs, freeInMs - maxWaitMs)))
  end
  keepPlace(pool, rid, level, now + toldInMs)
  hasPoolChanged = true
end
if hasPoolChanged then savePool(pool, p) end
local blockedBy = best and best.blockedBy or soonest.blockedBy
local endpoint = best and best.candidate.endpoint or soonest.endpoint
return answer('wait', clock.mark, toldInMs, blockedBy == '' and 'queue' or blockedBy, endpoint)
