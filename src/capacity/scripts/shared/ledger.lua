-- The ledger: what was booked on a quota group in the last window (60 s + J), in buckets of 100 ms.
--
-- A bucket counts until its last millisecond has left the window, so the ledger errs by at most 100 ms to the safe
-- side. Sums are kept, buckets leave at the front and join at the back, and a whole minute has at most 600 of them:
-- no step depends on the number of reservations.
local bucketMs = 100
-- Most walks end within a few buckets; a long one goes on in larger steps.
local firstChunkLength = 4
local chunkLength = 32

local function bucketLeavesAt(bucket, windowMs)
  return (bucket + 1) * bucketMs + windowMs
end

local function chunkOf(keys, offset, length)
  local buckets = redis.call('LRANGE', keys.order, offset, offset + length - 1)
  if #buckets == 0 then return buckets end
  local fields = {}
  for i, bucket in ipairs(buckets) do
    fields[2 * i - 1] = bucket
    fields[2 * i] = bucket .. 'n'
  end
  return buckets, redis.call('HMGET', keys.window, unpack(fields))
end

-- The dimension that has no room for the cost once the buckets in `left` are gone, or nil.
local function ledgerFull(state, left, limits)
  if limits.tpm > 0 and state.tokens - left.tokens + limits.cost > limits.tpm then return 'tpm' end
  if limits.rpm > 0 and state.requests - left.requests + 1 > limits.rpm then return 'rpm' end
  return nil
end

local nothingLeft = { requests = 0, tokens = 0 }

-- Earliest start at or after `from` at which the cost fits. Changes nothing.
-- Result: start (ms), what it waited for (nil, 'rpm' or 'tpm'), the buckets that have left the window by then.
local function ledgerStart(group, limits, from, windowMs)
  local state = group.state
  if state.lastBucket == 0 then return from, nil, nothingLeft end
  if bucketLeavesAt(state.lastBucket, windowMs) <= from then
    return from, nil, { all = true, requests = state.requests, tokens = state.tokens }
  end
  if bucketLeavesAt(state.firstBucket, windowMs) > from and not ledgerFull(state, nothingLeft, limits) then
    return from, nil, nothingLeft
  end

  local keys, left = keysOf(group), { requests = 0, tokens = 0, names = {} }
  local start, waitedFor, offset, length = from, nil, 0, firstChunkLength
  repeat
    local buckets, amounts = chunkOf(keys, offset, length)
    local isLast = #buckets < length
    for i, name in ipairs(buckets) do
      local leavesAt = bucketLeavesAt(tonumber(name), windowMs)
      if leavesAt > start then
        local full = ledgerFull(state, left, limits)
        if not full then
          left.first = tonumber(name)
          return start, waitedFor, left
        end
        start, waitedFor = leavesAt, full
      end
      left.tokens = left.tokens + (tonumber(amounts[2 * i - 1]) or 0)
      left.requests = left.requests + (tonumber(amounts[2 * i]) or 0)
      left.names[#left.names + 1] = name
    end
    offset, length = offset + length, chunkLength
  until isLast
  left.all = true
  return start, waitedFor, left
end

local function dropLeft(keys, state, left)
  if left == nothingLeft then return end
  if left.all then
    redis.call('DEL', keys.order, keys.window)
    state.requests, state.tokens, state.firstBucket, state.lastBucket = 0, 0, 0, 0
    -- The keys are made anew and have to be told again when to expire.
    state.touchedAt = 0
    return
  end
  for from = 1, #left.names, chunkLength do
    local fields = {}
    for i = from, math.min(from + chunkLength - 1, #left.names) do
      fields[#fields + 1] = left.names[i]
      fields[#fields + 1] = left.names[i] .. 'n'
    end
    redis.call('HDEL', keys.window, unpack(fields))
  end
  if #left.names > 0 then redis.call('LTRIM', keys.order, #left.names, -1) end
  state.requests = math.max(0, state.requests - left.requests)
  state.tokens = math.max(0, state.tokens - left.tokens)
  state.firstBucket = left.first
end

-- Adds a booking; starts come in order. Result: its bucket.
local function ledgerAppend(keys, state, start, tokens)
  local bucket = math.floor(start / bucketMs)
  if bucket > state.lastBucket then
    redis.call('RPUSH', keys.order, bucket)
    if state.firstBucket == 0 then state.firstBucket = bucket end
    state.lastBucket = bucket
  end
  local name = string.format('%.0f', bucket)
  redis.call('HINCRBY', keys.window, name, tokens)
  redis.call('HINCRBY', keys.window, name .. 'n', '1')
  state.tokens, state.requests = state.tokens + tokens, state.requests + 1
  return bucket
end

-- Changes what a booking counts. Result: false when its bucket has left the window and nothing is to be changed.
local function ledgerAmend(keys, state, bucket, tokens, requests)
  local held = redis.call('HMGET', keys.window, bucket, bucket .. 'n')
  if not held[1] then return false end
  local heldTokens, heldRequests = tonumber(held[1]), tonumber(held[2]) or 0
  tokens, requests = math.max(tokens, -heldTokens), math.max(requests, -heldRequests)
  redis.call('HSET', keys.window, bucket, heldTokens + tokens, bucket .. 'n', heldRequests + requests)
  state.tokens = math.max(0, state.tokens + tokens)
  state.requests = math.max(0, state.requests + requests)
  return true
end
