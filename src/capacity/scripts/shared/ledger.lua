-- The ledger: what was booked on a quota group in the last window (60 s + J), in buckets of 100 ms.
--
--   order:<group>    list   buckets, oldest first
--   window:<group>   hash   bucket → its amounts, one number per dimension, packed; the last bucket's stand in the state
--
-- A bucket counts until its last millisecond has left the window, so the ledger errs by at most 100 ms to the safe
-- side. Sums are kept, buckets leave at the front and join at the back, and a whole minute has at most 600 of them:
-- no step depends on the number of reservations.
local bucketMs = 100
-- Most walks end within a few buckets; a long one goes on in larger steps.
local firstChunkLength = 4
local chunkLength = 32
-- Buckets that have left are looked for when they are needed, or when this much has gathered.
local staleMs = 2000

local function bucketName(bucket)
  return string.format('%.0f', bucket)
end

local function bucketLeavesAt(bucket, windowMs)
  return (bucket + 1) * bucketMs + windowMs
end

-- The dimension that has no room for the cost once the buckets in `left` are gone, or nil. A request above the
-- tightened limit goes when nothing else is in the window.
local function ledgerFull(s, left, cost, limits)
  for d = 1, dimensionCount do
    local limit = limits[d]
    if limit > 0 and cost[d] > 0 and s[SUM + d] - left[d] + cost[d] > math.max(limit, cost[d]) then return d end
  end
  return nil
end

local nothingLeft = { 0, 0, 0, 0 }

local function amountsOf(s, bucket, packed)
  if bucket == s[LAST_BUCKET] then
    return s[LAST_AMOUNT + 1], s[LAST_AMOUNT + 2], s[LAST_AMOUNT + 3], s[LAST_AMOUNT + 4]
  end
  if not packed then return 0, 0, 0, 0 end
  return struct.unpack('<dddd', packed)
end

-- Earliest start at or after `from` at which the cost fits. Changes nothing.
-- Result: start (ms), the dimension it waited for (nil), the buckets that have left the window by then: their sums, and
-- `names` (or `all`) with `first`, the one that stays.
local function ledgerStart(s, cost, limits, from, windowMs)
  if s[LAST_BUCKET] == 0 then return from, nil, nothingLeft end
  if bucketLeavesAt(s[LAST_BUCKET], windowMs) <= from then
    return from, nil, { s[SUM + 1], s[SUM + 2], s[SUM + 3], s[SUM + 4], all = true }
  end
  if bucketLeavesAt(s[FIRST_BUCKET], windowMs) > from - staleMs and not ledgerFull(s, nothingLeft, cost, limits) then
    return from, nil, nothingLeft
  end

  local order, window = keyOf(s, 'order'), keyOf(s, 'window')
  local left = { 0, 0, 0, 0, names = {} }
  local start, waitedFor, offset, length = from, nil, 0, firstChunkLength
  repeat
    local buckets = redis.call('LRANGE', order, offset, offset + length - 1)
    local amounts = #buckets > 0 and redis.call('HMGET', window, unpack(buckets)) or {}
    for i, name in ipairs(buckets) do
      local bucket = tonumber(name)
      local leavesAt = bucketLeavesAt(bucket, windowMs)
      if leavesAt > start then
        local full = ledgerFull(s, left, cost, limits)
        if not full then
          left.first = bucket
          return start, waitedFor, left
        end
        start, waitedFor = leavesAt, full
      end
      local requests, tokens, input, output = amountsOf(s, bucket, amounts[i])
      left[1], left[2], left[3], left[4] = left[1] + requests, left[2] + tokens, left[3] + input, left[4] + output
      left.names[#left.names + 1] = name
    end
    local isLast = #buckets < length
    offset, length = offset + length, chunkLength
  until isLast
  left.all = true
  return start, waitedFor, left
end

local function dropLeft(s, left)
  if left == nothingLeft then return end
  local order, window = keyOf(s, 'order'), keyOf(s, 'window')
  if left.all then
    redis.call('DEL', order, window)
    for d = 1, dimensionCount do s[SUM + d], s[LAST_AMOUNT + d] = 0, 0 end
    s[FIRST_BUCKET], s[LAST_BUCKET] = 0, 0
    -- The keys are made anew and have to be told again when to expire.
    s[TOUCHED_AT] = 0
    return
  end
  if #left.names == 0 then return end
  for from = 1, #left.names, chunkLength do
    redis.call('HDEL', window, unpack(left.names, from, math.min(from + chunkLength - 1, #left.names)))
  end
  redis.call('LTRIM', order, #left.names, -1)
  for d = 1, dimensionCount do s[SUM + d] = math.max(0, s[SUM + d] - left[d]) end
  s[FIRST_BUCKET] = left.first
end

-- Adds amounts to a bucket that is the last one or follows it.
local function ledgerAppend(s, bucket, amounts)
  if bucket > s[LAST_BUCKET] then
    local order, window = keyOf(s, 'order'), keyOf(s, 'window')
    if s[LAST_BUCKET] > 0 then
      local packed = struct.pack(
        '<dddd', s[LAST_AMOUNT + 1], s[LAST_AMOUNT + 2], s[LAST_AMOUNT + 3], s[LAST_AMOUNT + 4]
      )
      redis.call('HSET', window, bucketName(s[LAST_BUCKET]), packed)
      -- A key that is new has to be told when to expire.
      if s[FIRST_BUCKET] == s[LAST_BUCKET] then s[TOUCHED_AT] = 0 end
    end
    redis.call('RPUSH', order, bucketName(bucket))
    if s[FIRST_BUCKET] == 0 then s[FIRST_BUCKET] = bucket end
    s[LAST_BUCKET] = bucket
    for d = 1, dimensionCount do s[LAST_AMOUNT + d] = 0 end
  end
  for d = 1, dimensionCount do
    s[LAST_AMOUNT + d] = s[LAST_AMOUNT + d] + amounts[d]
    s[SUM + d] = s[SUM + d] + amounts[d]
  end
end

-- Changes what a bucket counts, never below nothing. Result: false when it has left the ledger and nothing is changed.
local function ledgerAmend(s, bucket, amounts)
  local held, window, name
  if bucket == s[LAST_BUCKET] then
    held = { s[LAST_AMOUNT + 1], s[LAST_AMOUNT + 2], s[LAST_AMOUNT + 3], s[LAST_AMOUNT + 4] }
  else
    window, name = keyOf(s, 'window'), bucketName(bucket)
    local packed = redis.call('HGET', window, name)
    if not packed then return false end
    held = { struct.unpack('<dddd', packed) }
  end
  for d = 1, dimensionCount do
    local amount = math.max(amounts[d], -held[d])
    held[d] = held[d] + amount
    s[SUM + d] = math.max(0, s[SUM + d] + amount)
    if not window then s[LAST_AMOUNT + d] = held[d] end
  end
  if window then redis.call('HSET', window, name, struct.pack('<dddd', held[1], held[2], held[3], held[4])) end
  return true
end
