-- The record of one reservation, by rid: a string, packed.
--
--   (none) ──reserve──▶ live ──settle, release──▶ spent
--                        └── lease over: lapsed, answered like spent; only settle and release still move it
--
-- Spent records stay for max(10 min, lease), so that a repeated delivery meets its own answer.
local recordTtlMs = 600000
local spent = 'spent'
local packedRecord = '<ddddddddddHc0Hc0Hc0Hc0'

local function loadReservation(key)
  local packed = redis.call('GET', key)
  if not packed then return nil end
  if packed == spent then return { isSpent = true } end
  local start, leaseUntil, leaseMs, maxWaitMs, bucket, requests, tokens, input, output, isProbe, endpoint, group,
    blockedBy, counter = struct.unpack(packedRecord, packed)
  return {
    endpoint = endpoint,
    group = group,
    start = start,
    leaseUntil = leaseUntil,
    leaseMs = leaseMs,
    maxWaitMs = maxWaitMs,
    -- What delayed the start; '' = nothing.
    blockedBy = blockedBy,
    -- What is charged per dimension, and the bucket of the ledger it stands in; 0 = none (no rate limit, or state was lost).
    cost = { requests, tokens, input, output },
    bucket = bucket,
    -- 1 = the call that tries an endpoint whose breaker was open.
    isProbe = isProbe,
    -- Field of the pool's retry budget this reservation was counted in.
    counter = counter,
  }
end

local function writeReservation(key, r, ttlMs)
  local packed = struct.pack(
    packedRecord, r.start, r.leaseUntil, r.leaseMs, r.maxWaitMs, r.bucket, r.cost[1], r.cost[2], r.cost[3], r.cost[4],
    r.isProbe, #r.endpoint, r.endpoint, #r.group, r.group, #r.blockedBy, r.blockedBy, #r.counter, r.counter
  )
  redis.call('SET', key, packed, 'PX', string.format('%.0f', math.ceil(ttlMs)))
end

local function saveReservation(key, r, now)
  writeReservation(key, r, math.max(0, r.start - now) + math.max(recordTtlMs, r.leaseMs))
end

local function isStanding(r, now)
  return not r.isSpent and r.leaseUntil > now
end

-- A lease is a member with an end of its own; the key outlives all of them.
local function holdLease(s, rid, r)
  if redis.call('ZADD', keyOf(s, 'leases'), string.format('%.0f', r.leaseUntil), rid) == 0 then return end
  -- A key that is new has to be told when to expire.
  if s[HELD] == 0 then s[TOUCHED_AT] = 0 end
  s[HELD] = s[HELD] + 1
end

local function dropLease(s, rid)
  if redis.call('ZREM', keyOf(s, 'leases'), rid) == 1 then s[HELD] = math.max(0, s[HELD] - 1) end
end
