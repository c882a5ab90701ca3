-- The retry budget of a pool: first calls and retries over the last minute, in slots of one second.
local budgetSeconds = 60
local budgetTtlMs = 120000

local function slotOf(field)
  return tonumber(string.match(field, '^(%d+)'))
end

-- True when one retry more would exceed both the share of first calls and the floor.
local function isBudgetSpent(key, now, share, floor)
  local oldest = math.floor(now / 1000) - budgetSeconds
  local calls, retries = 0, 0
  local flat = redis.call('HGETALL', key)
  for i = 1, #flat, 2 do
    if slotOf(flat[i]) >= oldest then
      if string.sub(flat[i], -1) == 'r' then
        retries = retries + tonumber(flat[i + 1])
      else
        calls = calls + tonumber(flat[i + 1])
      end
    end
  end
  return retries + 1 > math.max(floor, share * calls)
end

-- Counts a granted call. Result: the field it stands in. The first one of a second drops what is older than a minute.
local function countCall(key, now, isRetry)
  local slot = math.floor(now / 1000)
  local field = string.format('%.0f%s', slot, isRetry and 'r' or 'c')
  if redis.call('HINCRBY', key, field, 1) == 1 then
    for _, other in ipairs(redis.call('HKEYS', key)) do
      if slotOf(other) < slot - budgetSeconds then redis.call('HDEL', key, other) end
    end
    redis.call('PEXPIRE', key, budgetTtlMs)
  end
  return field
end

local function uncountCall(key, field)
  if tonumber(redis.call('HGET', key, field) or 0) > 0 then redis.call('HINCRBY', key, field, -1) end
end
