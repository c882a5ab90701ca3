-- The record of one reservation, by rid: a string, packed.
--
--   (none) ──reserve──▶ live ──settle, release──▶ spent
--                        └── lease over: lapsed, answered like spent; only settle and release still move it
--
-- Spent records stay for max(10 min, lease), so that a repeated delivery meets its own answer.
local recordTtlMs = 600000
local spent = 'spent'
-- Ten doubles, then four strings with their lengths before them: always longer than `spent`.
local packedRecord = '<ddddddddddHc0Hc0Hc0Hc0'

local function loadReservation(key)
  local packed = redis.call('GET', key)
  if not packed then return nil end
  if packed == spent then return { state = spent } end
  local start, leaseUntil, leaseMs, tokens, bucket, requestGapMs, tokenMs, rpm, tpm, maxWaitMs, endpoint, group,
    blockedBy, counter = struct.unpack(packedRecord, packed)
  return {
    state = 'live',
    endpoint = endpoint,
    group = group,
    start = start,
    leaseUntil = leaseUntil,
    leaseMs = leaseMs,
    -- What delayed the start; '' = nothing.
    blockedBy = blockedBy,
    -- Tokens charged, and the bucket of the ledger they stand in; 0 = none (no rate limit, or state was lost).
    tokens = tokens,
    bucket = bucket,
    -- Pacing time of a request and of a token, and the limits: what a booking is moved by.
    requestGapMs = requestGapMs,
    tokenMs = tokenMs,
    rpm = rpm,
    tpm = tpm,
    maxWaitMs = maxWaitMs,
    -- Field of the pool's retry budget this reservation was counted in.
    counter = counter,
  }
end

local function writeReservation(key, r, ttlMs)
  local packed = struct.pack(
    packedRecord, r.start, r.leaseUntil, r.leaseMs, r.tokens, r.bucket, r.requestGapMs, r.tokenMs, r.rpm, r.tpm,
    r.maxWaitMs, #r.endpoint, r.endpoint, #r.group, r.group, #r.blockedBy, r.blockedBy, #r.counter, r.counter
  )
  redis.call('SET', key, packed, 'PX', math.ceil(ttlMs))
end

local function saveReservation(key, r, now)
  writeReservation(key, r, math.max(0, r.start - now) + math.max(recordTtlMs, r.leaseMs))
end

local function isStanding(r, now)
  return r.state == 'live' and r.leaseUntil > now
end

-- A lease is a member with an end of its own; the key outlives all of them.
local function holdLease(leasesKey, rid, r, now)
  redis.call('ZADD', leasesKey, r.leaseUntil, rid)
  redis.call('PEXPIRE', leasesKey, math.ceil(r.leaseUntil - now + idleTtlMs))
end

local function extendLease(key, leasesKey, rid, r, leaseUntil, now)
  r.leaseUntil = math.max(r.leaseUntil, leaseUntil)
  writeReservation(key, r, r.leaseUntil - now + recordTtlMs)
  holdLease(leasesKey, rid, r, now)
end

-- Ends a reservation for good; the record shrinks to what a repeated delivery needs.
local function spendReservation(key, leasesKey, rid, leaseMs)
  redis.call('ZREM', leasesKey, rid)
  redis.call('SET', key, spent, 'PX', math.ceil(math.max(recordTtlMs, leaseMs)))
end
