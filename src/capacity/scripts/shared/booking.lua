-- Finding the earliest start on one quota group, taking it, and giving it back.
--
-- Pacing (GCRA) spaces starts as a continuous limiter wants them, whose burst is a second of rate or one request,
-- whichever is more. The ledger holds every window of 60 s + J to the limit, whatever the order of sizes. A start is
-- free when both agree, the group is not paused and a slot is open. A start that was given back before it was due
-- keeps its place and its charge in the ledger until a booking of the same size or less takes it over, or it passes.
-- Text, because Redis turns every number it is given into one, slowly.
local reapPerCall = '16'
local freedPerLook = '8'
local secondMs = 1000
local maxBurstMs = 3000
local maxDebtMs = 60000
local retryFloorMs = 50
local unknownHoldMs = 1000

-- When a slot will be free: a lease ends, or by the law of averages one of the calls in flight does.
local function slotRetryMs(keys, state, clock, live)
  local soonest = redis.call('ZRANGEBYSCORE', keys.leases, clock.after, '+inf', 'WITHSCORES', 'LIMIT', '0', '1')
  local leaseEndsInMs = soonest[2] and tonumber(soonest[2]) - clock.now or unknownHoldMs
  local callEndsInMs = state.meanHoldMs > 0 and state.meanHoldMs / live or unknownHoldMs
  return math.max(retryFloorMs, math.ceil(math.min(leaseEndsInMs, callEndsInMs)))
end

local function freedStart(keys, from, before, tokens)
  local members = redis.call('ZRANGEBYSCORE', keys.freed, from, '(' .. before, 'LIMIT', '0', freedPerLook)
  for _, member in ipairs(members) do
    local start, bucket, held = string.match(member, '^(%d+):(%d+):(%d+):')
    if tonumber(held) >= tokens then
      return { member = member, start = tonumber(start), bucket = tonumber(bucket), tokens = tonumber(held) }
    end
  end
  return nil
end

-- The share of the tightest limit that stays free, 0–1.
local function headroomOf(state, limits, left)
  local room = 1
  if limits.tpm > 0 then room = math.min(room, 1 - (state.tokens - left.tokens + limits.cost) / limits.tpm) end
  if limits.rpm > 0 then room = math.min(room, 1 - (state.requests - left.requests + 1) / limits.rpm) end
  return room
end

-- How far ahead of the plain rate a request may start, ms: what the provider's burst holds beyond the request itself.
-- A provider that admitted a large request has a burst of that size; after a 429 only a second of rate is believed.
local function burstMs(settings, state, limits)
  local proven = math.min(maxBurstMs, state.largest * limits.tokenMs)
  return math.max(0, math.max(secondMs, proven) - settings.jitterMs - limits.cost * limits.tokenMs)
end

-- The earlier start wins, then the larger headroom, then the one named first.
local function beats(best, start, headroom)
  return not best or start < best.start or (start == best.start and headroom > best.headroom)
end

-- The earliest start that pauses, pacing and ledger allow, as a plan, or nil when it does not beat `best`. Slots are not
-- looked at. Changes nothing.
local function planPaced(clock, settings, group, limits, best)
  local now, state = clock.now, group.state
  -- Whatever lies later than the start so far moves it and is what it is blocked by.
  local start, blockedBy = now, ''
  if group.pausedUntil > start then start, blockedBy = group.pausedUntil, 'pause' end
  if limits.rpm == 0 and limits.tpm == 0 then
    if not beats(best, start, 1) then return nil end
    return { start = start, blockedBy = blockedBy, headroom = 1, keys = keysOf(group), state = state, limits = limits }
  end

  local lostUntil = clock.lostAt and clock.lostAt + settings.maxAheadMs or 0
  if lostUntil > start then start, blockedBy = lostUntil, 'recovery' end
  local open, main, burst = start, limits.tpm > 0 and 'tpm' or 'rpm', burstMs(settings, state, limits)
  if limits.rpm > 0 and state.requestTat > start then start, blockedBy = state.requestTat, 'rpm' end
  if limits.tpm > 0 and state.tokenTat - burst > start then start, blockedBy = state.tokenTat - burst, 'tpm' end
  if state.lastStart > start then start, blockedBy = state.lastStart, main end
  local fitsAt, dimension, left = ledgerStart(group, limits, start, settings.windowMs)
  if fitsAt > start then start, blockedBy = fitsAt, dimension or main end
  local freed = start > open and freedStart(keysOf(group), math.ceil(open), start, limits.cost) or nil
  local bookedAt, headroom = freed and freed.start or math.ceil(start), headroomOf(state, limits, left)
  if not beats(best, bookedAt, headroom) then return nil end
  return {
    start = bookedAt, exactStart = start, blockedBy = bookedAt <= now and '' or blockedBy, headroom = headroom,
    keys = keysOf(group), state = state, limits = limits, isPaced = true, burstMs = burst, left = left, freed = freed,
  }
end

-- group: from loadGroups
-- limits: rpm, tpm, concurrency (0 = not limited), cost (tokens), requestGapMs, tokenMs
-- settings: jitterMs, windowMs, leaseMs, maxAheadMs (how far ahead anyone may have booked before state was lost)
-- best: the best plan so far, or nil. As slots can only make a plan worse, one that is behind is not asked for them.
-- Result: { start, blockedBy, headroom, … }, { retryInMs, blockedBy } when no start can be known, or nil when it does
-- not beat `best`. Changes nothing.
local function planStart(clock, settings, group, limits, best)
  if limits.concurrency == 0 then return planPaced(clock, settings, group, limits, best) end
  local holdMs = clock.lostAt and clock.lostAt + settings.leaseMs - clock.now or 0
  if holdMs > 0 then return { retryInMs = holdMs, blockedBy = 'recovery' } end
  local plan = planPaced(clock, settings, group, limits, best)
  if not plan then return nil end
  local keys = plan.keys
  local live = redis.call('ZCOUNT', keys.leases, clock.after, '+inf')
  if live >= limits.concurrency then
    return { retryInMs = slotRetryMs(keys, group.state, clock, live), blockedBy = 'concurrency' }
  end
  plan.headroom = math.min(plan.headroom, 1 - (live + 1) / limits.concurrency)
  return beats(best, plan.start, plan.headroom) and plan or nil
end

-- Leases that are over and given-back starts that have passed, a few per call.
local function reap(clock, keys, state)
  for _, rid in ipairs(redis.call('ZRANGEBYSCORE', keys.leases, '-inf', clock.now, 'LIMIT', '0', reapPerCall)) do
    redis.call('ZREM', keys.leases, rid)
  end
  local passed = redis.call('ZRANGEBYSCORE', keys.freed, '-inf', clock.after, 'LIMIT', '0', reapPerCall)
  for _, member in ipairs(passed) do
    local bucket, tokens = string.match(member, '^%d+:(%d+):(%d+):')
    ledgerAmend(keys, state, tonumber(bucket), -tonumber(tokens), -1)
    redis.call('ZREM', keys.freed, member)
  end
end

-- A limiter that was never used, or is just opened again, is taken for empty: no burst until it has been idle.
local function startsEmpty(plan)
  return plan.state.tokenTat == 0 or plan.blockedBy == 'pause' or plan.blockedBy == 'recovery'
end

-- Takes the planned start for a rid. Result: the bucket of the ledger, 0 when there is no rate limit.
local function takeStart(clock, plan, rid)
  local keys, state, limits = plan.keys, plan.state, plan.limits
  if not plan.isPaced then
    reap(clock, keys, state)
    return 0
  end
  if plan.freed then
    redis.call('ZREM', keys.freed, plan.freed.member)
    ledgerAmend(keys, state, plan.freed.bucket, limits.cost - plan.freed.tokens, 0)
    reap(clock, keys, state)
    return plan.freed.bucket
  end
  dropLeft(keys, state, plan.left)
  reap(clock, keys, state)
  local tokenTat = math.max(state.tokenTat, plan.exactStart + (startsEmpty(plan) and plan.burstMs or 0))
  state.tokenTat = tokenTat + limits.cost * limits.tokenMs
  state.requestTat = plan.exactStart + limits.requestGapMs
  state.lastStart, state.tail = plan.start, rid
  return ledgerAppend(keys, state, plan.start, limits.cost)
end

-- Gives a start back that nobody used. The last booking is undone; an earlier one that lies ahead keeps its place for
-- the next taker; one that has passed only leaves the ledger.
local function giveBackStart(clock, keys, state, rid, r)
  if r.bucket == 0 then return end
  if state.tail ~= rid and r.start > clock.now then
    redis.call('ZADD', keys.freed, r.start, string.format('%.0f:%.0f:%.0f:%s', r.start, r.bucket, r.tokens, rid))
    redis.call('PEXPIRE', keys.freed, idleTtlMs)
    return
  end
  if state.tail == rid then
    state.tail = ''
    state.requestTat = state.requestTat - r.requestGapMs
    state.tokenTat = state.tokenTat - r.tokens * r.tokenMs
  end
  ledgerAmend(keys, state, r.bucket, -r.tokens, -1)
end

-- Replaces the estimate by what the provider charged, as long as it still counts. A refund cannot give more than an
-- idle gap would: pacing never lies further back than its burst. A debt never closes the group for over a minute.
local function amendTokens(clock, keys, state, r, actual)
  local more = actual - r.tokens
  if more == 0 or r.bucket == 0 or not ledgerAmend(keys, state, r.bucket, more, 0) then return end
  if more < 0 then
    state.tokenTat = state.tokenTat + more * r.tokenMs
  else
    local from = math.max(state.tokenTat, clock.now)
    state.tokenTat = math.max(state.tokenTat, math.min(from + more * r.tokenMs, clock.now + maxDebtMs))
  end
end
