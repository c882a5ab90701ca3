-- Whether a pool has retries left. See calls.

-- True when one retry more would exceed both the share of first calls and the floor.
local function isBudgetSpent(pool, now, settings)
  local oldest = math.floor(now / 1000) - budgetSeconds
  local calls, retries = 0, 0
  local flat = redis.call('HGETALL', budgetKey(pool))
  for i = 1, #flat, 2 do
    if slotOf(flat[i]) >= oldest then
      if string.sub(flat[i], -1) == 'r' then
        retries = retries + tonumber(flat[i + 1])
      else
        calls = calls + tonumber(flat[i + 1])
      end
    end
  end
  return retries + 1 > math.max(settings.retryFloor, settings.retryShare * calls)
end
