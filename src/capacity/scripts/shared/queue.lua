-- Who goes first when not everybody can: tickets, tenants, priorities.
--
-- Within a level, tenants share by weight (start-time fair queuing: a ticket's tag is the time at which the tenant's
-- turn comes on a clock that advances with what was served). A request that cannot start within its horizon gets a
-- ticket:
--
--   queue:<pool>:<level>   zset   rid → tag
--   due:<pool>             zset   rid → when its holder has to be back at the latest, ms
--   tickets:<pool>         hash   rid → `<level>:<tag>:<share>:<tenant>`
--   fair:<pool>            hash   `<level>:<tenant>` → tag of the tenant's next request
--
-- The holder is told when to come back, some time before its turn. Its place is its own until 5 s after that; dead
-- tickets leave then, a few per call. Who comes may start when no level above waits and those before it in its own
-- amount to less than 2 s of service (nobody comes to the millisecond), or when the endpoint stands idle.
local toleranceMs, ticketGraceMs = 2000, 5000
local longestGuessMs, guessShare, longestToldMs = 5000, 0.5, 600000
local meanServiceWeight = 0.1
local mostTenants = 10000
local duePerCall = '16'
-- A share of nothing: what it guarantees comes after hours.
local leastShare = 0.00001

local function queueKey(pool, level)
  return root .. 'queue:' .. pool .. ':' .. level
end

-- Time the pool as a whole takes for a request of this kind, ms.
local function serviceMsOf(candidates, now)
  local perMs = 0
  for _, candidate in ipairs(candidates) do
    local s, openAt = candidate.s, candidate.gate and candidate.gate.at or 0
    if s[PAUSED] - now < toleranceMs and openAt - now < toleranceMs then
      local ms = paceOf(s, candidate.cost, now)
      if s[CONCURRENCY] > 0 then
        ms = math.max(ms, (s[MEAN_HOLD] > 0 and s[MEAN_HOLD] or unknownHoldMs) / s[CONCURRENCY])
      end
      if ms > 0 then perMs = perMs + 1 / ms end
    end
  end
  return perMs > 0 and 1 / perMs or 0
end

-- What those who ask need in the mean, ms.
local function noteService(p, serviceMs)
  local mean = p[MEAN_SERVICE]
  p[MEAN_SERVICE] = mean == 0 and serviceMs or mean + meanServiceWeight * (serviceMs - mean)
end

local function tagOf(pool, p, level, tenant)
  local own = redis.call('HGET', root .. 'fair:' .. pool, level .. ':' .. tenant)
  return math.max(p[VIRTUAL + level], tonumber(own) or 0)
end

local function setTenantTag(pool, level, tenant, tag)
  local key = root .. 'fair:' .. pool
  local isNew = redis.call('HSET', key, level .. ':' .. tenant, string.format('%.3f', tag)) == 1
  -- What is forgotten is who had more than the others a moment ago; tickets keep their tags.
  if isNew and redis.call('HLEN', key) > mostTenants then redis.call('DEL', key) end
  redis.call('PEXPIRE', key, idleTtlMs)
end

-- The ticket of a rid: level, tag, share (what its tenant was charged), tenant; nil when it has none.
local function ticketOf(pool, rid)
  local text = redis.call('HGET', root .. 'tickets:' .. pool, rid)
  if not text then return nil end
  local level, tag, share, tenant = string.match(text, '^(%d):([^:]*):([^:]*):(.*)$')
  return { level = tonumber(level), tag = tonumber(tag), share = tonumber(share), tenant = tenant }
end

local function leaveQueue(pool, p, rid, ticket)
  redis.call('HDEL', root .. 'tickets:' .. pool, rid)
  redis.call('ZREM', root .. 'due:' .. pool, rid)
  if redis.call('ZREM', queueKey(pool, ticket.level), rid) == 1 then
    p[WAITING + ticket.level] = math.max(0, p[WAITING + ticket.level] - 1)
  end
end

-- A ticket that ends without a grant: its tenant is not charged for it.
local function giveUpTicket(pool, p, rid, ticket)
  leaveQueue(pool, p, rid, ticket)
  local tag = tagOf(pool, p, ticket.level, ticket.tenant)
  setTenantTag(pool, ticket.level, ticket.tenant, math.max(p[VIRTUAL + ticket.level], tag - ticket.share))
end

-- Tickets whose holders have not come back leave. What is counted then is what there is. Result: whether anything was
-- changed.
local function dropDeadTickets(pool, p, now)
  local dead = redis.call('ZRANGEBYSCORE', root .. 'due:' .. pool, '-inf', now, 'LIMIT', '0', duePerCall)
  local hasChanged = #dead > 0
  for _, rid in ipairs(dead) do
    local ticket = ticketOf(pool, rid)
    if ticket then giveUpTicket(pool, p, rid, ticket) else redis.call('ZREM', root .. 'due:' .. pool, rid) end
  end
  for level = 1, levels do
    local counted = p[WAITING + level]
    if counted > 0 then p[WAITING + level] = redis.call('ZCARD', queueKey(pool, level)) end
    hasChanged = hasChanged or p[WAITING + level] ~= counted
  end
  return hasChanged
end

-- How long the pool takes for something at a share of it, ms.
local function atShareMs(serviceMs, share)
  return serviceMs / math.max(leastShare, share)
end

-- When the guaranteed minimum of a level lets its next request through, beginning now.
local function beginMinimum(p, settings, level, serviceMs, now)
  if isBatchLevel(level) and waitingIn(p, 3, 4) == 0 then
    p[BATCH_DUE] = math.max(p[BATCH_DUE], now + atShareMs(serviceMs, settings.batchMinimumShare))
  end
  if level % 2 == 0 and p[WAITING + level] == 0 then
    local at = STANDARD_DUE + level / 2
    p[at] = math.max(p[at], now + atShareMs(serviceMs, settings.standardMinimumShare))
  end
end

local function takeTicket(pool, p, rid, ticket)
  local queue, tickets, level = queueKey(pool, ticket.level), root .. 'tickets:' .. pool, ticket.level
  setTenantTag(pool, level, ticket.tenant, ticket.tag + ticket.share)
  redis.call('ZADD', queue, string.format('%.3f', ticket.tag), rid)
  redis.call('HSET', tickets, rid, string.format('%d:%.3f:%.3f:%s', level, ticket.tag, ticket.share, ticket.tenant))
  p[WAITING + level] = p[WAITING + level] + 1
end

-- Keeps the place of a ticket until `backAt` and a little longer.
local function keepPlace(pool, rid, level, backAt)
  local due = root .. 'due:' .. pool
  redis.call('ZADD', due, string.format('%.0f', backAt + ticketGraceMs), rid)
  redis.call('PEXPIRE', due, idleTtlMs)
  redis.call('PEXPIRE', root .. 'tickets:' .. pool, idleTtlMs)
  redis.call('PEXPIRE', queueKey(pool, level), idleTtlMs)
end

-- Requests that go before a ticket of this tag. Result: those of levels above, unless its minimum is due, and those of
-- its own.
local function countAhead(pool, p, level, tag, now)
  local batchDue, standardDue = hasMinimum(p, level, now)
  local above = 0
  if isBatchLevel(level) and not batchDue then above = waitingIn(p, 1, 2) end
  if level % 2 == 0 and not standardDue then above = above + p[WAITING + level - 1] end
  local own = 0
  if p[WAITING + level] > 0 then
    own = redis.call('ZCOUNT', queueKey(pool, level), '-inf', string.format('(%.3f', tag))
  end
  return above, own
end

-- When the guaranteed minimum of a level that is not due yet lets a request through, ms; nil when it has none to wait for.
local function minimumInMs(p, settings, level, own, now)
  local batchDue, standardDue = hasMinimum(p, level, now)
  local inMs
  if isBatchLevel(level) and not batchDue then
    inMs = p[BATCH_DUE] - now + atShareMs(own * p[MEAN_SERVICE], settings.batchMinimumShare)
  end
  if level % 2 == 0 and not standardDue then
    local dueMs = p[STANDARD_DUE + level / 2] - now
    inMs = math.max(inMs or 0, dueMs + atShareMs(own * p[MEAN_SERVICE], settings.standardMinimumShare))
  end
  return inMs
end

-- A grant of a lower level begins the wait for its next guaranteed one, from when it was due, so that nobody loses
-- anything by coming up to a period late for it.
local function nextDue(dueAt, periodMs, now)
  return math.min(now, math.max(dueAt, now - periodMs)) + periodMs
end

local function noteGrant(p, settings, level, serviceMs, now)
  if isBatchLevel(level) then
    p[BATCH_DUE] = nextDue(p[BATCH_DUE], atShareMs(serviceMs, settings.batchMinimumShare), now)
  end
  if level % 2 == 0 then
    local at = STANDARD_DUE + level / 2
    p[at] = nextDue(p[at], atShareMs(serviceMs, settings.standardMinimumShare), now)
  end
end

-- How far ahead a request may book that has others before it: it leaves room for them.
local function reachMs(aheadMs, horizonMs)
  return horizonMs - math.min(aheadMs, horizonMs / 2)
end

-- When to come back: when its start is near enough to be booked, and those before it have had their turn. With others
-- ahead it is a guess, and a far one is checked in between: the queue may move faster than it looks. So is one of more
-- than ten minutes: limits may change until then.
local function toldMs(freeInMs, aheadMs, horizonMs)
  local told = math.max(freeInMs - reachMs(aheadMs, horizonMs), aheadMs - toleranceMs)
  if aheadMs > 0 then told = math.min(told, math.max(longestGuessMs, (freeInMs + aheadMs) * guessShare)) end
  return math.ceil(math.max(retryFloorMs, math.min(told, longestToldMs)))
end
