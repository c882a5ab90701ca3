-- Takes a question out of its queue, or counts it among those of its batch that nobody waits for.
--
-- Input
--   KEYS  1 root
--   ARGV  1 key, 2 ms to keep
-- Output
--   'removed'
--   'left', the batch it is in, '1' when nobody waits for anything in it
--   'unknown'
-- Invariant
--   Sent again it gives the same answer, but for 'removed', which becomes 'unknown'.

-- @include batch-keys

local key, keepMs = ARGV[1], tonumber(ARGV[2])
redis.call('HDEL', sizesKey(), key)
if redis.call('ZREM', queueKey(), key) == 1 then return { 'removed' } end
for _, batch in ipairs(redis.call('SMEMBERS', openKey())) do
  if redis.call('ZSCORE', memberKey(batch), key) then
    local leftKey = KEYS[1] .. 'left:' .. batch
    redis.call('SADD', leftKey, key)
    redis.call('PEXPIRE', leftKey, keepMs)
    local isAll = redis.call('SCARD', leftKey) >= redis.call('ZCARD', memberKey(batch))
    return { 'left', batch, isAll and '1' or '' }
  end
end
return { 'unknown' }
