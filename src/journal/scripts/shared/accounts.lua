-- The accounts of one tenant and the holds on them. Every key begins with the root, KEYS[1], which bears the tenant's
-- hash tag, so that a run's account and its tenant's are changed together on one node of a Redis Cluster.
--
--   <root>account:<id>  hash: usd, tokens (spent), heldUsd, heldTokens (open holds, summed up)
--   <root>holds:<id>    sorted set of the open holds of the account by the time they lapse at, ms; a member is
--                       `usd:tokens:rid`
--   <root>rid:<rid>     what a rid holds: `held usd tokens`, then id and ms to keep of each account; or `ended`
--
-- Amounts are whole numbers, millionths of a dollar and tokens, and stay texts between Redis and Redis: HINCRBY is exact,
-- and Lua would write 1e+15. Numbers are made of them for comparing only; the caller keeps them below 2^53.
--
-- A hold whose holder has died lapses: what it held becomes spent, because the call may have been charged. It counts
-- against the limit before and after, so it does not matter when somebody comes by to move it.
local root, rid = KEYS[1], ARGV[2]
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

-- As long as the capacity store knows a reservation that has ended. Accounts are kept at least as long as their holds
-- and this (see redis-budgets.ts), so a hold that is known always finds its account.
local rememberMs = 600000
local lapsesPerCall = 100

local function accountKey(id) return root .. 'account:' .. id end
local function holdsKey(id) return root .. 'holds:' .. id end
local function ridKey() return root .. 'rid:' .. rid end

local function add(id, field, amount)
  if amount ~= '0' then redis.call('HINCRBY', accountKey(id), field, amount) end
end

-- Never below 0, also when somebody has deleted keys.
local function take(id, field, amount)
  local there = redis.call('HGET', accountKey(id), field) or '0'
  if tonumber(there) < tonumber(amount) then amount = there end
  if amount ~= '0' then redis.call('HINCRBY', accountKey(id), field, '-' .. amount) end
end

local function lapse(id)
  local due = redis.call('ZRANGEBYSCORE', holdsKey(id), '-inf', string.format('%.0f', now), 'LIMIT', 0, lapsesPerCall)
  for _, member in ipairs(due) do
    local usd, tokens = string.match(member, '^(%d+):(%d+):')
    redis.call('ZREM', holdsKey(id), member)
    take(id, 'heldUsd', usd)
    take(id, 'heldTokens', tokens)
    add(id, 'usd', usd)
    add(id, 'tokens', tokens)
  end
end

local function keep(id, ms)
  redis.call('PEXPIRE', accountKey(id), ms)
  redis.call('PEXPIRE', holdsKey(id), ms)
end

-- nil, or the state ('held', 'ended') and for 'held' amounts, member and accounts.
local function readRecord()
  local text = redis.call('GET', ridKey())
  if not text then return nil end
  local words = {}
  for word in string.gmatch(text, '%S+') do words[#words + 1] = word end
  local record = { state = words[1], usd = words[2], tokens = words[3], accounts = {} }
  for i = 4, #words, 2 do record.accounts[#record.accounts + 1] = { id = words[i], keepMs = words[i + 1] } end
  if record.state == 'held' then record.member = record.usd .. ':' .. record.tokens .. ':' .. rid end
  return record
end

-- Whether the hold of a record has not lapsed. It lapses in all its accounts at the same time.
local function isOpen(record)
  return redis.call('ZSCORE', holdsKey(record.accounts[1].id), record.member) ~= false
end

-- Takes back what the record holds, whether it has lapsed or not.
local function undo(record)
  for _, account in ipairs(record.accounts) do
    local stands = redis.call('ZREM', holdsKey(account.id), record.member) == 1
    take(account.id, stands and 'heldUsd' or 'usd', record.usd)
    take(account.id, stands and 'heldTokens' or 'tokens', record.tokens)
  end
end
