-- Finding the earliest start on one quota group, taking it, and giving it back.
--
-- Pacing (GCRA) spaces starts as a continuous limiter wants them, whose burst is a second of rate or one request,
-- whichever is more. The ledger holds every window of 60 s + J to the limit, whatever the order of sizes. A start is
-- free when both agree, the group is not paused and a slot is open. A start that was given back before it was due
-- keeps its place and its charge in the ledger until a booking of the same size or less takes it over, or it passes.
local reapPerCall = 16
local freedPerLook = 8
local secondMs = 1000
local maxBurstMs = 3000
local maxDebtMs = 60000
local retryFloorMs = 50
local unknownHoldMs = 1000

-- When a slot will be free: a lease ends, or by the law of averages one of the calls in flight does.
local function slotRetryMs(keys, state, now, live)
  local soonest = redis.call('ZRANGEBYSCORE', keys.leases, '(' .. now, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
  local leaseEndsInMs = soonest[2] and tonumber(soonest[2]) - now or unknownHoldMs
  local callEndsInMs = state.meanHoldMs > 0 and state.meanHoldMs / live or unknownHoldMs
  return math.max(retryFloorMs, math.ceil(math.min(leaseEndsInMs, callEndsInMs)))
end

local function freedStart(keys, from, before, tokens)
  local members = redis.call('ZRANGEBYSCORE', keys.freed, from, '(' .. before, 'LIMIT', 0, freedPerLook)
  for _, member in ipairs(members) do
    local start, bucket, held = string.match(member, '^(%d+):(%d+):(%d+):')
    if tonumber(held) >= tokens then
      return { member = member, start = tonumber(start), bucket = tonumber(bucket), tokens = tonumber(held) }
    end
  end
  return nil
end

-- The share of the tightest limit that stays free, 0–1.
local function headroomOf(state, limits, left, live)
  local room = 1
  if limits.tpm > 0 then room = math.min(room, 1 - (state.tokens - left.tokens + limits.cost) / limits.tpm) end
  if limits.rpm > 0 then room = math.min(room, 1 - (state.requests - left.requests + 1) / limits.rpm) end
  if limits.concurrency > 0 then room = math.min(room, 1 - (live + 1) / limits.concurrency) end
  return room
end

-- How far ahead of the plain rate a request may start, ms: what the provider's burst holds beyond the request itself.
-- A provider that admitted a large request has a burst of that size; after a 429 only a second of rate is believed.
local function burstMs(settings, state, limits)
  local proven = math.min(maxBurstMs, state.largest * limits.tokenMs)
  return math.max(0, math.max(secondMs, proven) - settings.jitterMs - limits.cost * limits.tokenMs)
end

-- limits: rpm, tpm, concurrency (0 = not limited), cost (tokens), requestGapMs, tokenMs
-- settings: jitterMs, windowMs, leaseMs, maxAheadMs (how far ahead anyone may have booked before state was lost)
-- Result: { start, blockedBy, headroom, … } or { retryInMs, blockedBy } when no start can be known. Changes nothing.
local function planStart(clock, settings, keys, limits)
  local now, state, live = clock.now, loadState(keys), 0
  if limits.concurrency > 0 then
    live = redis.call('ZCOUNT', keys.leases, '(' .. now, '+inf')
    local holdMs = clock.lostAt and clock.lostAt + settings.leaseMs - now or 0
    if holdMs > 0 then return { retryInMs = holdMs, blockedBy = 'recovery' } end
    if live >= limits.concurrency then
      return { retryInMs = slotRetryMs(keys, state, now, live), blockedBy = 'concurrency' }
    end
  end

  local plan = { start = now, blockedBy = '', keys = keys, state = state, limits = limits }
  local function notBefore(earliest, reason)
    if earliest > plan.start then plan.start, plan.blockedBy = earliest, reason end
  end
  local pauses = redis.call('MGET', keys.pause, keys.closed)
  notBefore(tonumber(pauses[1]) or 0, 'pause')
  notBefore(tonumber(pauses[2]) or 0, 'pause')
  local left = { tokens = 0, requests = 0 }
  if limits.rpm > 0 or limits.tpm > 0 then
    if clock.lostAt then notBefore(clock.lostAt + settings.maxAheadMs, 'recovery') end
    local open, main = plan.start, limits.tpm > 0 and 'tpm' or 'rpm'
    plan.isPaced, plan.burstMs = true, burstMs(settings, state, limits)
    if limits.rpm > 0 then notBefore(state.requestTat, 'rpm') end
    if limits.tpm > 0 then notBefore(state.tokenTat - plan.burstMs, 'tpm') end
    notBefore(state.lastStart, main)
    local fitsAt, dimension
    fitsAt, dimension, left = ledgerStart(keys, state, limits, plan.start, settings.windowMs)
    notBefore(fitsAt, dimension or main)
    plan.exactStart, plan.left = plan.start, left
    plan.freed = plan.start > open and freedStart(keys, math.ceil(open), plan.start, limits.cost) or nil
    plan.start = plan.freed and plan.freed.start or math.ceil(plan.start)
    if plan.start <= now then plan.blockedBy = '' end
  end
  plan.headroom = headroomOf(state, limits, left, live)
  return plan
end

-- Leases that are over and given-back starts that have passed, a few per call.
local function reap(clock, keys, state)
  for _, rid in ipairs(redis.call('ZRANGEBYSCORE', keys.leases, '-inf', clock.now, 'LIMIT', 0, reapPerCall)) do
    redis.call('ZREM', keys.leases, rid)
  end
  local passed = redis.call('ZRANGEBYSCORE', keys.freed, '-inf', '(' .. clock.now, 'LIMIT', 0, reapPerCall)
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
