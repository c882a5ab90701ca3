-- Holds the worst case of a call in all its budgets, or in none.
--
-- Input
--   KEYS  1 root
--   ARGV  1 now ('' = Redis TIME), 2 rid, 3 usd, 4 tokens, 5 ms until the hold lapses, then for each budget: id, limit of
--         usd, limit of tokens ('' = none), ms to keep
-- Output
--   'held', the least that is left in usd ('' without a limit of usd)
--   'exceeded', number of the budget (from 1), 'usd' or 'tokens', spent, held
-- Invariant
--   Sent again it holds nothing more. A rid that was settled holds nothing; one whose hold has lapsed, or that was
--   released, is held anew: nothing is bought unwatched. What the call does not ask for cannot refuse it.

-- @include accounts

local usd, tokens, holdMs = ARGV[3], ARGV[4], tonumber(ARGV[5])
local budgets = {}
for i = 6, #ARGV, 4 do
  budgets[#budgets + 1] = { id = ARGV[i], limits = { usd = ARGV[i + 1], tokens = ARGV[i + 2] }, keepMs = ARGV[i + 3] }
end
local record = readRecord()
if record then
  for _, account in ipairs(record.accounts) do lapse(account.id) end
end
for _, budget in ipairs(budgets) do
  lapse(budget.id)
  local values = redis.call('HMGET', accountKey(budget.id), 'usd', 'tokens', 'heldUsd', 'heldTokens')
  budget.spent = { usd = values[1] or '0', tokens = values[2] or '0' }
  budget.held = { usd = values[3] or '0', tokens = values[4] or '0' }
end

local function leastLeft(held)
  local least
  for _, budget in ipairs(budgets) do
    if budget.limits.usd ~= '' then
      local left = tonumber(budget.limits.usd) - tonumber(budget.spent.usd) - tonumber(budget.held.usd) - held
      least = math.max(0, math.min(least or left, left))
    end
  end
  return least and string.format('%.0f', least) or ''
end

if record and (record.state == 'ended' or isOpen(record)) then return { 'held', leastLeft(0) } end

local asked = { usd = usd, tokens = tokens }
for number, budget in ipairs(budgets) do
  for _, unit in ipairs({ 'usd', 'tokens' }) do
    local limit, amount = tonumber(budget.limits[unit]), tonumber(asked[unit])
    if limit and amount > 0 and tonumber(budget.spent[unit]) + tonumber(budget.held[unit]) + amount > limit then
      return { 'exceeded', number, unit, budget.spent[unit], budget.held[unit] }
    end
  end
end

local words = { 'held', usd, tokens }
for _, budget in ipairs(budgets) do
  local id = budget.id
  add(id, 'heldUsd', usd)
  add(id, 'heldTokens', tokens)
  redis.call('ZADD', holdsKey(id), string.format('%.0f', now + holdMs), usd .. ':' .. tokens .. ':' .. rid)
  keep(id, budget.keepMs)
  words[#words + 1] = id
  words[#words + 1] = budget.keepMs
end
redis.call('SET', ridKey(), table.concat(words, ' '), 'PX', holdMs + rememberMs)
return { 'held', leastLeft(tonumber(usd)) }
