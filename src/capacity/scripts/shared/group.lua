-- The state of one quota group: where its pacing stands and what its ledger adds up to.
--
-- Keys, in this order from `first`:
--   state    string  the fields below, packed: ten doubles, then the tail
--   pause    string  closed until, ms: the quota answered 429
--   closed   string  closed until, ms: the endpoint itself
--   order    list    buckets of the ledger, oldest first
--   window   hash    per bucket: tokens (field `<bucket>`) and requests (field `<bucket>n`)
--   leases   zset    rid → end of lease, ms
--   freed    zset    starts given back before they were due, `<start>:<bucket>:<tokens>:<rid>` → start, ms
--
-- The first three are all that planning needs of most groups. They are strings, so that one MGET reads them for all
-- groups of a pool: commands and the conversion of their arguments are what a script spends its time on.
local keysPerGroup, readPerGroup = 7, 3

local function groupKeys(first)
  return {
    state = KEYS[first],
    pause = KEYS[first + 1],
    closed = KEYS[first + 2],
    order = KEYS[first + 3],
    window = KEYS[first + 4],
    leases = KEYS[first + 5],
    freed = KEYS[first + 6],
  }
end

local idleTtlMs = 3600000
local touchEveryMs = 60000
local packedNumbers = '<dddddddddd'
local packedNumbersLength = 80

local function unpackState(packed)
  if not packed then
    return {
      requestTat = 0, tokenTat = 0, lastStart = 0, firstBucket = 0, lastBucket = 0, requests = 0, tokens = 0,
      largest = 0, meanHoldMs = 0, touchedAt = 0, tail = '',
    }
  end
  local requestTat, tokenTat, lastStart, firstBucket, lastBucket, requests, tokens, largest, meanHoldMs, touchedAt =
    struct.unpack(packedNumbers, packed)
  return {
    -- Theoretical arrival times of pacing, fractional ms; 0 = never booked.
    requestTat = requestTat,
    tokenTat = tokenTat,
    -- Starts never go backwards: ledger and pacing only look at what was booked before.
    lastStart = lastStart,
    firstBucket = firstBucket,
    lastBucket = lastBucket,
    -- Sums over all buckets of the ledger.
    requests = requests,
    tokens = tokens,
    -- Tokens of the largest request the provider admitted since its last 429.
    largest = largest,
    -- Mean time from start to settle: tells when a slot becomes free.
    meanHoldMs = meanHoldMs,
    touchedAt = touchedAt,
    -- rid of the last booking: the only one whose place can be undone.
    tail = string.sub(packed, packedNumbersLength + 1),
  }
end

-- The groups whose keys begin at `first`, in order: each { first, state, pausedUntil (ms, 0 = not paused) }.
local function loadGroups(first, count)
  local read = {}
  for index = 0, count - 1 do
    local at, from = first + index * keysPerGroup, index * readPerGroup
    read[from + 1], read[from + 2], read[from + 3] = KEYS[at], KEYS[at + 1], KEYS[at + 2]
  end
  local values, groups = redis.call('MGET', unpack(read)), {}
  for index = 0, count - 1 do
    local from = index * readPerGroup
    groups[index + 1] = {
      first = first + index * keysPerGroup,
      state = unpackState(values[from + 1]),
      pausedUntil = math.max(tonumber(values[from + 2]) or 0, tonumber(values[from + 3]) or 0),
    }
  end
  return groups
end

-- Most groups of a pool lose the choice before their keys are needed.
local function keysOf(group)
  if not group.keys then group.keys = groupKeys(group.first) end
  return group.keys
end

local function saveState(keys, state, now)
  local touch = math.abs(now - state.touchedAt) >= touchEveryMs
  if touch then state.touchedAt = now end
  local numbers = struct.pack(
    packedNumbers, state.requestTat, state.tokenTat, state.lastStart, state.firstBucket, state.lastBucket,
    state.requests, state.tokens, state.largest, state.meanHoldMs, state.touchedAt
  )
  redis.call('SET', keys.state, numbers .. state.tail, 'PX', idleTtlMs)
  if touch then
    redis.call('PEXPIRE', keys.order, idleTtlMs)
    redis.call('PEXPIRE', keys.window, idleTtlMs)
  end
end
