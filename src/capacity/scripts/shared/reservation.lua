-- The record of one reservation, by rid.
--
--   (none) ──reserve──▶ live ──settle, release──▶ spent
--                        └── lease over: lapsed, answered like spent; only settle and release still move it
--
-- Spent records stay for max(10 min, lease), so that a repeated delivery meets its own answer.
local recordTtlMs = 600000

local function loadReservation(key)
  local f = redis.call(
    'HMGET', key, 'state', 'endpoint', 'group', 'start', 'leaseUntil', 'leaseMs', 'blockedBy', 'tokens', 'bucket',
    'requestGapMs', 'tokenMs', 'rpm', 'tpm', 'maxWaitMs', 'counter'
  )
  if not f[1] then return nil end
  return {
    state = f[1],
    endpoint = f[2],
    group = f[3],
    start = tonumber(f[4]) or 0,
    leaseUntil = tonumber(f[5]) or 0,
    leaseMs = tonumber(f[6]) or 0,
    -- What delayed the start; '' = nothing.
    blockedBy = f[7] or '',
    -- Tokens charged, and the bucket of the ledger they stand in; 0 = none (no rate limit, or state was lost).
    tokens = tonumber(f[8]) or 0,
    bucket = tonumber(f[9]) or 0,
    -- Pacing time of a request and of a token, and the limits: what a booking is moved by.
    requestGapMs = tonumber(f[10]) or 0,
    tokenMs = tonumber(f[11]) or 0,
    rpm = tonumber(f[12]) or 0,
    tpm = tonumber(f[13]) or 0,
    maxWaitMs = tonumber(f[14]) or 0,
    -- Field of the pool's retry budget this reservation was counted in.
    counter = f[15] or '',
  }
end

-- Fields that are absent stand for nothing booked.
local function saveReservation(key, r, now)
  redis.call(
    'HSET', key, 'state', 'live', 'endpoint', r.endpoint, 'group', r.group, 'start', r.start,
    'leaseUntil', r.leaseUntil, 'leaseMs', r.leaseMs, 'blockedBy', r.blockedBy or '', 'tokens', r.tokens or 0,
    'bucket', r.bucket or 0, 'requestGapMs', r.requestGapMs or 0, 'tokenMs', r.tokenMs or 0,
    'rpm', r.rpm or 0, 'tpm', r.tpm or 0, 'maxWaitMs', r.maxWaitMs or 0, 'counter', r.counter or ''
  )
  redis.call('PEXPIRE', key, math.ceil(math.max(0, r.start - now) + math.max(recordTtlMs, r.leaseMs)))
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
  redis.call('HSET', key, 'leaseUntil', r.leaseUntil)
  redis.call('PEXPIRE', key, math.ceil(r.leaseUntil - now + recordTtlMs))
  holdLease(leasesKey, rid, r, now)
end

-- Ends a reservation for good; the record shrinks to the one field a repeated delivery needs.
local function spendReservation(key, leasesKey, rid, leaseMs)
  redis.call('ZREM', leasesKey, rid)
  redis.call('DEL', key)
  redis.call('HSET', key, 'state', 'spent')
  redis.call('PEXPIRE', key, math.ceil(math.max(recordTtlMs, leaseMs)))
end
