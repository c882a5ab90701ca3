-- Charges what has just been used outside of any booking: in the bucket of now, or one soon after it that there is, or
-- else the last.
local function ledgerCharge(s, now, amounts)
  local bucket = math.floor(now / bucketMs)
  if bucket >= s[LAST_BUCKET] then return ledgerAppend(s, bucket, amounts) end
  local names = {}
  for i = 1, chunkLength do names[i] = bucketName(bucket + i - 1) end
  for i, packed in ipairs(redis.call('HMGET', keyOf(s, 'window'), unpack(names))) do
    if packed then return ledgerAmend(s, bucket + i - 1, amounts) end
  end
  ledgerAmend(s, s[LAST_BUCKET], amounts)
end
