-- The retry budget of a pool: first calls and retries over the last minute, in slots of one second.
--
--   budget:<pool>   hash   `<second>c` first calls, `<second>r` retries
local budgetSeconds = 60
local budgetTtlMs = 120000

local function budgetKey(pool)
  return root .. 'budget:' .. pool
end

local function slotOf(field)
  return tonumber(string.match(field, '^(%d+)'))
end

-- Counts a granted call. Result: the field it stands in. The first one of a second drops what is older than a minute.
local function countCall(pool, now, isRetry)
  local key, slot = budgetKey(pool), math.floor(now / 1000)
  local field = string.format('%.0f%s', slot, isRetry and 'r' or 'c')
  if redis.call('HINCRBY', key, field, '1') == 1 then
    for _, other in ipairs(redis.call('HKEYS', key)) do
      if slotOf(other) < slot - budgetSeconds then redis.call('HDEL', key, other) end
    end
    redis.call('PEXPIRE', key, budgetTtlMs)
  end
  return field
end
