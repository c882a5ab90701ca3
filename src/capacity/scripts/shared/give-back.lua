-- Gives a start back that nobody used. The last booking is undone; an earlier one that lies ahead keeps its place for
-- the next taker; one that has passed only leaves the ledger. Starts that were booked behind it stay where they are, and
-- so does the earliest next one.
local function giveBackStart(s, settings, now, rid, r)
  if s[RPD] > 0 and s[DAY] == dayOf(settings, r.start) then s[DAY_COUNT] = math.max(0, s[DAY_COUNT] - 1) end
  if r.bucket == 0 then return end
  local cost = r.cost
  if s.tail ~= rid and r.start > now then
    local member = string.format('%.0f:%.0f:%.0f:%.0f:%.0f:%s', r.start, r.bucket, cost[2], cost[3], cost[4], rid)
    redis.call('ZADD', keyOf(s, 'freed'), r.start, member)
    redis.call('PEXPIRE', keyOf(s, 'freed'), idleTtlMs)
    return
  end
  if s.tail == rid then
    s.tail = ''
    for d = 1, dimensionCount do
      if s[LIMIT + d] > 0 then s[TAT + d] = s[TAT + d] - cost[d] * unitMs(s, d) end
    end
  end
  ledgerAmend(s, r.bucket, { -cost[1], -cost[2], -cost[3], -cost[4] })
end
