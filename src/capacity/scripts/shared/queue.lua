-- Who goes first when not everybody can: tickets, tenants, priorities.
--
-- Within a level, tenants share by weight (start-time fair queuing: a ticket's tag is the time at which the tenant's
-- turn comes on a clock that advances with what was served). A request that cannot start within its horizon gets a
-- ticket:
--
--   queue:<pool>:<level>   zset   rid → tag
--   due:<pool>             zset   `<level>:<rid>` → when its holder has to be back at the latest, ms
--   fair:<pool>            hash   `<level>:<tenant>` → tag of the tenant's next request
--
-- The holder is told when to come back, some time before its turn. Its place is its own until 10 s after that; dead
-- tickets leave then, a few per call. Who comes may start when those before it amount to less than 2 s of service
-- (nobody comes to the millisecond), or when the endpoint stands idle.
local toleranceMs, ticketGraceMs = 2000, 10000
local longestToldMs, toldShare = 30000, 0.5
local meanServiceWeight = 0.1
local mostTenants = 10000
local duePerCall = '16'

local function queueKey(pool, level)
  return root .. 'queue:' .. pool .. ':' .. level
end

local function dueMember(level, rid)
  return level .. ':' .. rid
end

-- Time the pool as a whole takes for a request of this kind, ms.
local function serviceMsOf(candidates, now)
  local perMs = 0
  for _, candidate in ipairs(candidates) do
    local s, openAt = candidate.s, candidate.gate and candidate.gate.at or 0
    if s[PAUSED] - now < toleranceMs and openAt - now < toleranceMs then
      local ms = paceOf(s, candidate.cost) * slownessOf(s, now)
      if s[CONCURRENCY] > 0 and s[MEAN_HOLD] > 0 then ms = math.max(ms, s[MEAN_HOLD] / s[CONCURRENCY]) end
      if ms > 0 then perMs = perMs + 1 / ms end
    end
  end
  return perMs > 0 and 1 / perMs or 0
end

local function leaveQueue(pool, p, level, rid)
  if redis.call('ZREM', queueKey(pool, level), rid) == 1 then
    p[WAITING + level] = math.max(0, p[WAITING + level] - 1)
  end
  redis.call('ZREM', root .. 'due:' .. pool, dueMember(level, rid))
end

-- Tickets whose holders have not come back leave. What is counted then is what there is.
local function dropDeadTickets(pool, p, now)
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', root .. 'due:' .. pool, '-inf', now, 'LIMIT', '0', duePerCall)) do
    local level, rid = string.match(member, '^(%d):(.*)$')
    leaveQueue(pool, p, tonumber(level), rid)
  end
  for level = 1, levels do
    if p[WAITING + level] > 0 then p[WAITING + level] = redis.call('ZCARD', queueKey(pool, level)) end
  end
end

-- Takes a ticket, or keeps it: `isNew` where it is the first.
local function holdTicket(pool, p, level, ticket)
  local queue, due = queueKey(pool, level), root .. 'due:' .. pool
  redis.call('ZADD', due, ticket.backAt + ticketGraceMs, dueMember(level, ticket.rid))
  redis.call('PEXPIRE', due, idleTtlMs)
  if not ticket.isNew then return end
  redis.call('ZADD', queue, string.format('%.3f', ticket.tag), ticket.rid)
  redis.call('PEXPIRE', queue, idleTtlMs)
  p[WAITING + level] = p[WAITING + level] + 1
  local mean, serviceMs = p[MEAN_SERVICE], ticket.serviceMs
  p[MEAN_SERVICE] = mean == 0 and serviceMs or mean + meanServiceWeight * (serviceMs - mean)
end

local function tagOf(pool, p, level, tenant)
  local own = redis.call('HGET', root .. 'fair:' .. pool, level .. ':' .. tenant)
  return math.max(p[VIRTUAL + level], tonumber(own) or 0)
end

local function chargeTenant(pool, level, tenant, tag, share)
  local key = root .. 'fair:' .. pool
  if redis.call('HSET', key, level .. ':' .. tenant, string.format('%.3f', tag + share)) == 0 then return end
  -- What is forgotten is who had more than the others a moment ago; tickets keep their tags.
  if redis.call('HLEN', key) > mostTenants then redis.call('DEL', key) end
  redis.call('PEXPIRE', key, idleTtlMs)
end

-- Requests that go before a ticket of this tag. Result: all of them, and those of its own level.
local function countAhead(pool, p, level, tag, now)
  local batchDue, standardDue = hasMinimum(p, level, now)
  local count = 0
  if isBatchLevel(level) and not batchDue then count = waitingIn(p, 1, 2) end
  if level % 2 == 0 and not standardDue then count = count + p[WAITING + level - 1] end
  local own = 0
  if p[WAITING + level] > 0 then
    own = redis.call('ZCOUNT', queueKey(pool, level), '-inf', string.format('(%.3f', tag))
  end
  return count + own, own
end

-- A grant of a lower level begins the wait for its next guaranteed one.
local function noteGrant(p, settings, level, serviceMs, now)
  if isBatchLevel(level) then p[BATCH_DUE] = now + serviceMs / math.max(0.001, settings.batchMinimumShare) end
  if level % 2 == 0 then
    p[STANDARD_DUE + level / 2] = now + serviceMs / math.max(0.001, settings.standardMinimumShare)
  end
end

-- When to come back. With others ahead it is a guess, and a far one is checked in between: the queue may move faster
-- than it looks.
local function toldMs(expectedMs, horizonMs, isGuess)
  local told = expectedMs - horizonMs
  if isGuess then told = math.min(told, math.max(longestToldMs, expectedMs * toldShare)) end
  return math.ceil(math.max(retryFloorMs, told))
end
