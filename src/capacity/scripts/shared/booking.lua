-- Finding the earliest start on one quota group, taking it, and giving it back.
--
-- Pacing (see bound) spaces starts as a continuous limiter wants them. The ledger holds every window of 60 s + J to the
-- limit, whatever the order of sizes. A start is free when both agree, group and endpoint are open and a slot is free. A
-- start that was given back before it was due keeps its place and its charge in the ledger until a booking of the same
-- size or less takes it over, or it passes:
--
--   freed:<group>    zset   `<start>:<bucket>:<tokens>:<input>:<output>:<rid>` → start, ms
--   leases:<group>   zset   rid → end of lease, ms
--
-- Text, because Redis turns every number it is given into one, slowly.
local reapPerCall = '16'
local freedPerLook = '8'
local reapEveryMs = 250
local dayMs = 86400000
local retryFloorMs = 50
local unknownHoldMs = 200

-- Requests of a day: the provider's day, which begins at midnight Pacific time.
local function dayOf(settings, atMs)
  return math.floor((atMs - settings.aheadOfPacificMs) / dayMs)
end

local function dayStart(settings, s, start)
  local day = dayOf(settings, start)
  local midnight = (day + 1) * dayMs + settings.aheadOfPacificMs
  -- So near to midnight nobody knows in which of the days it arrives.
  if midnight - start <= 2 * settings.jitterMs then start, day = midnight, day + 1 end
  if s[DAY] < day then return start end
  -- Requests of a later day than the start's were booked because the days before it are full.
  local hasRoom = s[DAY_COUNT] + 1 <= s[RPD]
  if s[DAY] == day and hasRoom then return start end
  return (hasRoom and s[DAY] or s[DAY] + 1) * dayMs + settings.aheadOfPacificMs
end

-- Slots that a lane may hold: batch leaves some free, so that an interactive call need not wait for one, and where
-- batch is owed its minimum, interactive calls leave one.
local function slotsOf(s, settings, candidate)
  local slots = s[CONCURRENCY]
  if candidate.isOwed then return slots end
  if candidate.isBatch then return math.max(1, math.floor(slots * (1 - settings.interactiveFloorShare))) end
  return candidate.leavesSlot and slots - 1 or slots
end

-- What a start is blocked by when it only has to keep the order of starts.
local function mainDimension(s)
  for d = 2, dimensionCount do
    if s[LIMIT + d] > 0 then return dimensionNames[d] end
  end
  return dimensionNames[1]
end

-- When all slots that the candidate may use are taken: how long until one is free, by the law of averages or by the end
-- of a lease. nil when one is free.
local function slotWaitMs(settings, candidate, now)
  local s, leases = candidate.s, keyOf(candidate.s, 'leases')
  local slots = slotsOf(s, settings, candidate)
  if s[HELD] < slots then return nil end
  local live = redis.call('ZCOUNT', leases, '(' .. now, '+inf')
  if live < slots then return nil end
  local soonest = redis.call('ZRANGEBYSCORE', leases, '(' .. now, '+inf', 'WITHSCORES', 'LIMIT', '0', '1')
  local leaseEndsInMs = soonest[2] and tonumber(soonest[2]) - now or unknownHoldMs
  local callEndsInMs = s[MEAN_HOLD] > 0 and s[MEAN_HOLD] / live or unknownHoldMs
  return math.max(retryFloorMs, math.ceil(math.min(leaseEndsInMs, callEndsInMs)))
end

-- A start between `from` and `before` that was given back and is large enough.
local function freedStart(s, from, before, cost)
  local members = redis.call('ZRANGEBYSCORE', keyOf(s, 'freed'), from, '(' .. before, 'LIMIT', '0', freedPerLook)
  for _, member in ipairs(members) do
    local start, bucket, tokens, input, output = string.match(member, '^(%d+):(%d+):(%d+):(%d+):(%d+):')
    local held = { 1, tonumber(tokens), tonumber(input), tonumber(output) }
    if held[2] >= cost[2] and held[3] >= cost[3] and held[4] >= cost[4] then
      return { member = member, start = tonumber(start), bucket = tonumber(bucket), cost = held }
    end
  end
  return nil
end

-- The whole plan for a candidate: s, cost, gate (at, blockedBy, isUnknown; nil = open), isBatch, isOwed, leavesSlot.
-- Result: { start, blockedBy, … }, or { retryInMs, blockedBy } when no start can be known. Changes nothing.
local function planStart(clock, settings, candidate)
  local s, cost, gate, now = candidate.s, candidate.cost, candidate.gate, clock.now
  -- A start behind a closed endpoint would hold up the others of its group, so none is booked.
  local isShut = gate and (gate.isUnknown or (gate.at > now + settings.jitterMs and candidate.endpoint ~= s.name))
  if isShut then return { retryInMs = gate.at - now, blockedBy = gate.blockedBy } end
  if s[CONCURRENCY] > 0 then
    local holdMs = clock.lostAt and clock.lostAt + settings.leaseMs - now or 0
    if holdMs > 0 then return { retryInMs = holdMs, blockedBy = 'recovery' } end
    local waitMs = slotWaitMs(settings, candidate, now)
    if waitMs then return { retryInMs = waitMs, blockedBy = 'concurrency' } end
  end

  local start, code = boundOf(now, settings.jitterMs, cost[2], cost[3], cost[4], unpack(s, 1, hotLength))
  local blockedBy = dimensionNames[code] or (code == 5 and 'pause' or mainDimension(s))
  local isLimited = isPaced(s)
  local open = math.max(now, s[PAUSED])
  if gate and gate.at > open then
    open = gate.at
    if open > start then start, blockedBy = open, gate.blockedBy end
  end
  -- Claims that nobody remembers start until then.
  local forgottenUntil = math.max(clock.lostAt or 0, clock.gapAt or 0) + settings.maxAheadMs
  if (clock.lostAt or clock.gapAt) and isLimited and forgottenUntil > open then
    open = forgottenUntil
    if open > start then start, blockedBy = open, 'recovery' end
  end
  local plan = { candidate = candidate, isOpenedAnew = open > now }
  if isLimited then
    local limits = {}
    for d = 1, dimensionCount do
      limits[d] = s[LIMIT + d] > 0 and math.max(1, limitOf(s, d, now) - foreignOf(s, d, now)) or 0
    end
    local fitsAt, dimension, left = ledgerStart(s, cost, limits, start, settings.windowMs)
    if fitsAt > start then start, blockedBy = fitsAt, dimension and dimensionNames[dimension] or blockedBy end
    plan.exactStart, plan.left = start, left
    plan.freed = start > open and freedStart(s, math.ceil(open), start, cost) or nil
    if plan.freed then start = plan.freed.start end
  end
  if s[RPD] > 0 then
    local dayAt = dayStart(settings, s, start)
    if dayAt > start then start, blockedBy, plan.exactStart, plan.freed = dayAt, 'rpd', dayAt, nil end
  end
  plan.start = math.ceil(start)
  plan.blockedBy = plan.start > now and blockedBy or ''
  return plan
end

-- Leases that are over and given-back starts that have passed, a few per call.
local function reap(s, now)
  if math.abs(now - s[REAPED_AT]) < reapEveryMs then return end
  s[REAPED_AT] = now
  for _, rid in ipairs(redis.call('ZRANGEBYSCORE', keyOf(s, 'leases'), '-inf', now, 'LIMIT', '0', reapPerCall)) do
    dropLease(s, rid)
  end
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', keyOf(s, 'freed'), '-inf', '(' .. now, 'LIMIT', '0', reapPerCall)) do
    local bucket, tokens, input, output = string.match(member, '^%d+:(%d+):(%d+):(%d+):(%d+):')
    ledgerAmend(s, tonumber(bucket), { -1, -tonumber(tokens), -tonumber(input), -tonumber(output) })
    redis.call('ZREM', keyOf(s, 'freed'), member)
  end
end

-- A limiter that was never used, or is just opened again, is taken for empty: no burst until it has been idle.
local function advancePacing(s, plan, cost, settings, now)
  if s[LIMIT + 1] > 0 then s[TAT + 1] = plan.exactStart + s[REQUEST_GAP] * slownessOf(s, 1, now) end
  for d = 2, dimensionCount do
    if s[LIMIT + d] > 0 and cost[d] > 0 then
      local startsEmpty = s[TAT + d] == 0 or plan.isOpenedAnew
      local from = plan.exactStart + (startsEmpty and burstMs(s[PROVEN], cost[d] * unitMs(s, d), settings.jitterMs) or 0)
      s[LARGEST] = math.max(s[LARGEST], cost[d] * unitMs(s, d))
      s[TAT + d] = math.max(s[TAT + d], from) + cost[d] * unitMs(s, d) * slownessOf(s, d, now)
    end
  end
end

local function countDay(s, settings, start)
  if s[RPD] == 0 then return end
  local day = dayOf(settings, start)
  if day > s[DAY] then s[DAY], s[DAY_COUNT] = day, 0 end
  s[DAY_COUNT] = s[DAY_COUNT] + 1
end

local function addLoad(s, cost, now)
  s[LOAD], s[LOAD_AT] = loadOf(s, now) + loadShareOf(s, cost), now
end

-- Takes the planned start for a rid. Result: the bucket of the ledger, 0 when there is no rate limit.
local function takeStart(clock, settings, plan, rid)
  local s, cost, now = plan.candidate.s, plan.candidate.cost, clock.now
  countDay(s, settings, plan.start)
  addLoad(s, cost, now)
  if not isPaced(s) then
    reap(s, now)
    return 0
  end
  if plan.freed then
    local held = plan.freed.cost
    redis.call('ZREM', keyOf(s, 'freed'), plan.freed.member)
    ledgerAmend(s, plan.freed.bucket, { 0, cost[2] - held[2], cost[3] - held[3], cost[4] - held[4] })
    reap(s, now)
    return plan.freed.bucket
  end
  dropLeft(s, plan.left)
  reap(s, now)
  advancePacing(s, plan, cost, settings, now)
  s[LAST_START], s.tail = plan.start, rid
  local bucket = math.floor(plan.start / bucketMs)
  ledgerAppend(s, bucket, cost)
  return bucket
end
