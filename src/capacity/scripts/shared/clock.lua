-- The clock of one group of pools: Redis TIME in ms that never runs backwards, and the epoch of its state.
--
-- TIME more than 1 s behind the last value seen means that the host's clock was set back: the difference goes into a
-- stored offset and grants go on. The epoch names one life of the state. A caller that knows another epoch than the
-- stored one proves that state was lost (flush, failover to an empty replica) while calls may still be in flight. One
-- that has seen a later time than the stored one proves that the last writes were lost (failover).
--
-- Result: now (ms), mark (what the caller shows next time: epoch and now), lostAt (ms, nil unless state was lost), gapAt
-- (ms, nil unless writes were lost)
local clockToleranceMs = 1000
local clockWriteEveryMs = 100
local lostWritesMs = 250
-- last value seen, offset, epoch, bornAt, lost (0, 1), gapAt (0 = no writes were lost)
local clockLength = 6

local function markOf(epochNumber, now)
  return string.format('%.0f:%.0f', epochNumber, now)
end

local function readClock(packed, suppliedNow, known)
  local time = redis.call('TIME')
  local micros = time[1] * 1000000 + time[2]
  local raw = tonumber(suppliedNow) or math.floor(micros / 1000)
  if not packed then
    local lost = known ~= ''
    putState('clock', packNumbers({ raw, 0, micros, raw, lost and 1 or 0, 0 }, clockLength))
    return { now = raw, mark = markOf(micros, raw), lostAt = lost and raw or nil }
  end

  local last, offset, epochNumber, bornAt, lost, gapAt = struct.unpack('<dddddd', packed)
  local now, changed, stored = raw + offset, false, last
  local knownEpoch, seen = string.match(known, '^(%d+):(%d+)$')
  if now < last - clockToleranceMs then
    offset, now, changed = offset + last - now, last, true
  elseif now < last then
    now = last
  elseif now >= last + clockWriteEveryMs then
    last, changed = now, true
  end
  if knownEpoch and tonumber(knownEpoch) ~= epochNumber then
    if lost == 0 then lost, changed = 1, true end
  elseif seen and tonumber(seen) > stored + lostWritesMs then
    gapAt, changed = now, true
  end
  if changed then putState('clock', packNumbers({ last, offset, epochNumber, bornAt, lost, gapAt }, clockLength)) end
  return {
    now = now, mark = markOf(epochNumber, now), lostAt = lost == 1 and bornAt or nil, gapAt = gapAt > 0 and gapAt or nil,
  }
end
