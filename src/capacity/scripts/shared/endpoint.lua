-- How the calls of one endpoint went, an array of numbers: what its breaker is judged by, and what routes learn from.
--
--   endpoint:<name>   in the state, packed numbers
--   latency:<name>    list   the last 100 latencies, ms, newest first
--
-- Slots of 10 s of the breaker's minute: number of the newest, then calls, then faults.
local SLOT, SLOT_CALLS, SLOT_FAULTS = 1, 1, 7
-- Fading with a half-life of ten minutes: calls, faults, cost and calls of known cost, as of STATS_AT.
local CALLS, FAULTS, COST, COST_CALLS, STATS_AT = 14, 15, 16, 17, 18
-- Sum and number of the latencies in the list.
local LATENCY_SUM, LATENCY_COUNT = 19, 20
local ENDPOINT_RATE_LIMITED = 21
local endpointLength = 21

local slotMs, slotCount = 10000, 6
local openBaseMs, openCapMs = 5000, 60000
local leastCalls, leastCallsRamping = 20, 5
local statsHalfLifeMs = 600000
local latencyKept = 100

local function unpackEndpoint(packed)
  if not packed then return zeros(endpointLength) end
  return unpackNumbers(packed, endpointLength)
end

local function saveEndpoint(name, e)
  putState('endpoint:' .. name, packNumbers(e, endpointLength))
end

local function unpackGate(packed)
  if not packed then return zeros(gateLength) end
  return unpackNumbers(packed, gateLength)
end

-- A gate that says nothing is not kept.
local function keepGate(name, gate, wasKept, now)
  local isPlain = gate[CLOSED_UNTIL] <= now and gate[OPEN_UNTIL] == 0 and gate[RAMP_FROM] == 0
  if not isPlain then return saveGate(name, gate) end
  if wasKept then redis.call('HDEL', stateKey, 'gate:' .. name) end
end

local function clearSlots(e)
  for i = 1, 2 * slotCount do e[SLOT_CALLS + i] = 0 end
end

local function countSlot(e, now, isFault)
  local slot = math.floor(now / slotMs)
  local passed = slot - e[SLOT]
  if passed >= slotCount or passed < 0 then
    clearSlots(e)
  else
    for i = 1, passed do
      local at = (e[SLOT] + i) % slotCount + 1
      e[SLOT_CALLS + at], e[SLOT_FAULTS + at] = 0, 0
    end
  end
  e[SLOT] = slot
  local at = slot % slotCount + 1
  e[SLOT_CALLS + at] = e[SLOT_CALLS + at] + 1
  if isFault then e[SLOT_FAULTS + at] = e[SLOT_FAULTS + at] + 1 end
end

local function openBreaker(e, gate, now)
  gate[OPENINGS] = gate[OPENINGS] + 1
  gate[OPEN_UNTIL] = now + math.min(openCapMs, openBaseMs * 2 ^ (gate[OPENINGS] - 1))
  gate[PROBE_UNTIL], gate[RAMP_FROM], gate[RAMP_TAT] = 0, 0, 0
  clearSlots(e)
end

-- A call ended. `fault`: true, false, or nil when it says nothing about the endpoint.
local function judgeBreaker(e, gate, now, fault, isProbe)
  if gate[OPEN_UNTIL] > 0 then
    if not isProbe then return end
    if fault then return openBreaker(e, gate, now) end
    gate[PROBE_UNTIL] = 0
    if fault == nil then return end
    gate[OPEN_UNTIL], gate[RAMP_FROM] = 0, now
    return
  end
  if fault == nil then return end
  local isRamping = rampShareOf(gate[RAMP_FROM], now) < 1
  if not isRamping then gate[RAMP_FROM], gate[RAMP_TAT], gate[OPENINGS] = 0, 0, 0 end
  countSlot(e, now, fault)
  local calls, faults = 0, 0
  for i = 1, slotCount do calls, faults = calls + e[SLOT_CALLS + i], faults + e[SLOT_FAULTS + i] end
  if calls >= (isRamping and leastCallsRamping or leastCalls) and faults * 2 > calls then openBreaker(e, gate, now) end
end

local function keepStatistics(name, e, now, call)
  local fade = 2 ^ (-math.max(0, now - e[STATS_AT]) / statsHalfLifeMs)
  for i = CALLS, COST_CALLS do e[i] = e[i] * fade end
  e[STATS_AT] = now
  e[CALLS] = e[CALLS] + 1
  if call.fault then e[FAULTS] = e[FAULTS] + 1 end
  if call.costUsd then e[COST], e[COST_CALLS] = e[COST] + call.costUsd, e[COST_CALLS] + 1 end
  if not call.latencyMs then return end
  local key = root .. 'latency:' .. name
  e[LATENCY_SUM], e[LATENCY_COUNT] = e[LATENCY_SUM] + call.latencyMs, redis.call('LPUSH', key, call.latencyMs)
  if e[LATENCY_COUNT] == 1 then
    -- The list is new, or it lapsed and the sum belongs to calls that are forgotten.
    e[LATENCY_SUM] = call.latencyMs
  elseif e[LATENCY_COUNT] > latencyKept then
    e[LATENCY_SUM], e[LATENCY_COUNT] = e[LATENCY_SUM] - redis.call('RPOP', key), latencyKept
  end
  redis.call('PEXPIRE', key, idleTtlMs)
end
