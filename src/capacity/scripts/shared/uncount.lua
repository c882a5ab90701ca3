-- Takes a granted call that was never made out of the pool's retry budget.
local function uncountCall(pool, field)
  local key = budgetKey(pool)
  if tonumber(redis.call('HGET', key, field) or 0) > 0 then redis.call('HINCRBY', key, field, '-1') end
end
