-- The state of one quota group: where its pacing stands and what its ledger adds up to.
--
-- Keys, in this order from `first`:
--   state    hash    the fields below
--   order    list    buckets of the ledger, oldest first
--   window   hash    per bucket: tokens (field `<bucket>`) and requests (field `<bucket>n`)
--   leases   zset    rid → end of lease, ms
--   freed    zset    starts given back before they were due, `<start>:<bucket>:<tokens>:<rid>` → start, ms
--   pause    string  closed until, ms: the quota answered 429
--   closed   string  closed until, ms: the endpoint itself
local keysPerGroup = 7

local function groupKeys(first)
  return {
    state = KEYS[first],
    order = KEYS[first + 1],
    window = KEYS[first + 2],
    leases = KEYS[first + 3],
    freed = KEYS[first + 4],
    pause = KEYS[first + 5],
    closed = KEYS[first + 6],
  }
end

local idleTtlMs = 3600000
local touchEveryMs = 60000

local function loadState(keys)
  local f = redis.call(
    'HMGET', keys.state, 'requestTat', 'tokenTat', 'lastStart', 'firstBucket', 'lastBucket', 'requests', 'tokens',
    'largest', 'tail', 'meanHoldMs', 'touchedAt'
  )
  return {
    -- Theoretical arrival times of pacing, fractional ms; 0 = never booked.
    requestTat = tonumber(f[1]) or 0,
    tokenTat = tonumber(f[2]) or 0,
    -- Starts never go backwards: ledger and pacing only look at what was booked before.
    lastStart = tonumber(f[3]) or 0,
    firstBucket = tonumber(f[4]) or 0,
    lastBucket = tonumber(f[5]) or 0,
    -- Sums over all buckets of the ledger.
    requests = tonumber(f[6]) or 0,
    tokens = tonumber(f[7]) or 0,
    -- Tokens of the largest request the provider admitted since its last 429.
    largest = tonumber(f[8]) or 0,
    -- rid of the last booking: the only one whose place can be undone.
    tail = f[9] or '',
    -- Mean time from start to settle: tells when a slot becomes free.
    meanHoldMs = tonumber(f[10]) or 0,
    touchedAt = tonumber(f[11]) or 0,
  }
end

local function saveState(keys, state, now)
  local touch = math.abs(now - state.touchedAt) >= touchEveryMs
  if touch then state.touchedAt = now end
  redis.call(
    'HSET', keys.state, 'requestTat', state.requestTat, 'tokenTat', state.tokenTat, 'lastStart', state.lastStart,
    'firstBucket', state.firstBucket, 'lastBucket', state.lastBucket, 'requests', state.requests,
    'tokens', state.tokens, 'largest', state.largest, 'tail', state.tail, 'meanHoldMs', state.meanHoldMs,
    'touchedAt', state.touchedAt
  )
  if touch then
    for _, name in ipairs({ 'state', 'order', 'window' }) do
      redis.call('PEXPIRE', keys[name], idleTtlMs)
    end
  end
end
