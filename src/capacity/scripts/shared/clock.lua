-- The clock of one group of pools: Redis TIME in ms that never runs backwards, and the epoch of its state.
--
-- TIME more than 1 s behind the last value seen means that the host's clock was set back: the difference goes into a
-- stored offset and grants go on. The epoch names one life of the state. A caller that knows another epoch than the
-- stored one proves that state was lost (flush, failover to an empty replica) while calls may still be in flight.
--
-- Result: now (ms), epoch (string), lostAt (ms, nil unless state was lost)
local clockToleranceMs = 1000
local clockWriteEveryMs = 100
-- last value seen, offset, epoch, bornAt, lost (0, 1)
local clockLength = 5

local function readClock(packed, suppliedNow, knownEpoch)
  local time = redis.call('TIME')
  local micros = time[1] * 1000000 + time[2]
  local raw = tonumber(suppliedNow) or math.floor(micros / 1000)
  if not packed then
    local lost = knownEpoch ~= ''
    putState('clock', packNumbers({ raw, 0, micros, raw, lost and 1 or 0 }, clockLength))
    return { now = raw, epoch = string.format('%.0f', micros), lostAt = lost and raw or nil }
  end

  local last, offset, epochNumber, bornAt, lost = struct.unpack('<ddddd', packed)
  local epoch, now, changed = string.format('%.0f', epochNumber), raw + offset, false
  if now < last - clockToleranceMs then
    offset, now, changed = offset + last - now, last, true
  elseif now < last then
    now = last
  elseif now >= last + clockWriteEveryMs then
    last, changed = now, true
  end
  if lost == 0 and knownEpoch ~= '' and knownEpoch ~= epoch then lost, changed = 1, true end
  if changed then putState('clock', packNumbers({ last, offset, epochNumber, bornAt, lost }, clockLength)) end
  return { now = now, epoch = epoch, lostAt = lost == 1 and bornAt or nil }
end
