-- Puts what a call has cost in the place of what it held.
--
-- Input
--   KEYS  1 root
--   ARGV  1 now ('' = Redis TIME), 2 rid, 3 usd, 4 tokens, then for each budget: id, ms to keep
-- Output
--   'settled'
-- Invariant
--   Sent again it counts nothing. It counts in the budgets in which the rid was held, and without a record in those it is
--   given: in none when none are. A hold that has lapsed is replaced as well: its worst case is not charged beside the real cost.

-- @include accounts

local record = readRecord()
if record and record.state == 'ended' then return 'settled' end

local accounts = {}
if record then
  accounts = record.accounts
  undo(record)
else
  for i = 5, #ARGV, 2 do accounts[#accounts + 1] = { id = ARGV[i], keepMs = ARGV[i + 1] } end
  -- Nothing held and nothing named: it was settled so long ago that nobody remembers.
  if #accounts == 0 then return 'settled' end
end
for _, account in ipairs(accounts) do
  add(account.id, 'usd', ARGV[3])
  add(account.id, 'tokens', ARGV[4])
  keep(account.id, account.keepMs)
end
redis.call('SET', ridKey(), 'ended', 'PX', rememberMs)
return 'settled'
