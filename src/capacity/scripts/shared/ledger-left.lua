-- What the buckets that have left the window by now amount to.
local function ledgerLeft(s, now, windowMs)
  local left, offset = { 0, 0, 0, 0 }, 0
  if s[LAST_BUCKET] == 0 then return left end
  local order, window = keyOf(s, 'order'), keyOf(s, 'window')
  repeat
    local buckets = redis.call('LRANGE', order, offset, offset + chunkLength - 1)
    local amounts = #buckets > 0 and redis.call('HMGET', window, unpack(buckets)) or {}
    for i, name in ipairs(buckets) do
      if bucketLeavesAt(tonumber(name), windowMs) > now then return left end
      local held = { amountsOf(s, tonumber(name), amounts[i]) }
      for d = 1, dimensionCount do left[d] = left[d] + held[d] end
    end
    offset = offset + chunkLength
  until #buckets < chunkLength
  return left
end
