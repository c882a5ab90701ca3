-- The clock of one group of pools: Redis TIME in ms that never runs backwards, and the epoch of its state.
--
-- TIME more than 1 s behind the last value seen means that the host's clock was set back: the difference goes into a
-- stored offset and grants go on. The epoch names one life of the state. A caller that knows another epoch than the
-- stored one proves that state was lost (flush, failover to an empty replica) while calls may still be in flight.
--
-- Result: now (ms), after (the same as an exclusive bound of a ZSET's range), epoch (string), lostAt (ms, nil unless
-- state was lost)
local clockToleranceMs = 1000
local clockWriteEveryMs = 100

local function readClock(key, suppliedNow, knownEpoch)
  local time = redis.call('TIME')
  local micros = time[1] * 1000000 + time[2]
  local raw = tonumber(suppliedNow) or math.floor(micros / 1000)
  local stored = redis.call('HMGET', key, 'last', 'offset', 'epoch', 'bornAt', 'lost')
  local epoch = stored[3]

  if not epoch then
    epoch = string.format('%.0f', micros)
    local lost = knownEpoch ~= ''
    redis.call('HSET', key, 'last', raw, 'offset', 0, 'epoch', epoch, 'bornAt', raw, 'lost', lost and 1 or 0)
    return { now = raw, after = '(' .. raw, epoch = epoch, lostAt = lost and raw or nil }
  end

  local last, offset = tonumber(stored[1]), tonumber(stored[2])
  local now = raw + offset
  if now < last - clockToleranceMs then
    redis.call('HSET', key, 'offset', offset + last - now)
    now = last
  elseif now < last then
    now = last
  elseif now >= last + clockWriteEveryMs then
    redis.call('HSET', key, 'last', now)
  end

  local lost = stored[5] == '1'
  if not lost and knownEpoch ~= '' and knownEpoch ~= epoch then
    lost = true
    redis.call('HSET', key, 'lost', 1)
  end
  return { now = now, after = '(' .. now, epoch = epoch, lostAt = lost and tonumber(stored[4]) or nil }
end
