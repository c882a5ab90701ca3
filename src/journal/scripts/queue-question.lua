-- Puts a question into its queue, unless it is there or in a batch that is not over.
--
-- Input
--   KEYS  1 root
--   ARGV  1 key, 2 bytes, 3 ms until it is due
-- Output
--   'batch', the batch it is in
--   'queued', '1' when nobody is due before it, questions in the queue
-- Invariant
--   Sent again it changes nothing; a question that is there keeps its time.

-- @include batch-keys

local key, bytes, dueInMs = ARGV[1], ARGV[2], tonumber(ARGV[3])
for _, batch in ipairs(redis.call('SMEMBERS', openKey())) do
  if redis.call('ZSCORE', memberKey(batch), key) then
    redis.call('SREM', KEYS[1] .. 'left:' .. batch, key)
    return { 'batch', batch }
  end
end
redis.call('ZADD', queueKey(), 'NX', string.format('%.0f', nowMs() + dueInMs), key)
redis.call('HSET', sizesKey(), key, bytes)
return { 'queued', redis.call('ZRANGE', queueKey(), 0, 0)[1] == key and '1' or '', redis.call('ZCARD', queueKey()) }
