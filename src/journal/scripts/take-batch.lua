-- Takes the questions of a queue that are due into a batch of their own.
--
-- Input
--   KEYS  1 root
--   ARGV  1 key of the batch, 2 most questions, 3 most bytes, 4 ms to keep
-- Output
--   'taken', questions in the batch
--   'wait', ms until the first is due, questions in the queue
--   'empty'
-- Invariant
--   A question is in the queue or in one batch, never in both. Sent again, the batch is as it was.

-- @include batch-keys

local batch, most, mostBytes, keepMs = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local keysKey = memberKey(batch)
local known = redis.call('ZCARD', keysKey)
if known > 0 then return { 'taken', known } end

local queued = redis.call('ZRANGE', queueKey(), 0, most - 1, 'WITHSCORES')
if #queued == 0 then return { 'empty' } end

local bytes, taken = 0, {}
local isFull = redis.call('ZCARD', queueKey()) >= most
for i = 1, #queued, 2 do
  bytes = bytes + tonumber(redis.call('HGET', sizesKey(), queued[i]) or '0')
  if bytes > mostBytes and #taken > 0 then
    isFull = true
    break
  end
  taken[#taken + 1] = queued[i]
end

local inMs = tonumber(queued[2]) - nowMs()
if inMs > 0 and not isFull then return { 'wait', string.format('%.0f', inMs), redis.call('ZCARD', queueKey()) } end

for number, key in ipairs(taken) do
  redis.call('ZREM', queueKey(), key)
  redis.call('HDEL', sizesKey(), key)
  redis.call('ZADD', keysKey, number, key)
end
redis.call('PEXPIRE', keysKey, keepMs)
redis.call('SADD', openKey(), batch)
return { 'taken', #taken }
