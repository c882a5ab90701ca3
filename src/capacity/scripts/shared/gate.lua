-- Whether an endpoint takes calls: closed, its breaker, its ramp. Kept apart from how its calls went (see endpoint),
-- and only while there is something to keep, so that a pool in good health has nothing to read.
--
--   gate:<endpoint>   in the state, packed numbers
--
--   closed ── > 50 % of >= 20 calls of a minute failed ──▶ open ── its time is over ──▶ one probe
--     ▲                                                    ▲          │failed        │answered
--     └── 30 s without another opening ── ramping ◀────────┼──────────┼──────────────┘
--                                            └── > 50 % of >= 5 failed ┘
--
-- While it ramps, its calls are spaced as for 10, 25, 50, 75 % of its rate, 7.5 s each.
local CLOSED_UNTIL = 1
-- Open until (0 = closed); the probe's lease (0 = none is out); openings in a row.
local OPEN_UNTIL, PROBE_UNTIL, OPENINGS = 2, 3, 4
-- When ramping began (0 = not ramping), and the next start it allows.
local RAMP_FROM, RAMP_TAT = 5, 6
local gateLength = 6
local rampStepMs, rampSteps = 7500, 4
-- While a probe is out nobody knows when it ends.
local probeRetryMs = 1000

local function rampShareOf(rampFrom, now)
  if rampFrom == 0 then return 1 end
  local step = math.floor((now - rampFrom) / rampStepMs)
  return step >= rampSteps and 1 or ({ 0.1, 0.25, 0.5, 0.75 })[step + 1] or 0.1
end

-- When the endpoint takes a call again. Result: ms (0 = now), what it waits for, true when the time is only one to ask
-- again.
local function gateOf(packed, now)
  if not packed then return 0 end
  local closedUntil, openUntil, probeUntil, _, rampFrom, rampTat = struct.unpack('<dddddd', packed)
  if openUntil > 0 then
    if probeUntil > now then return math.max(closedUntil, now + probeRetryMs), 'breaker', true end
    if closedUntil > openUntil then return closedUntil, 'pause' end
    return openUntil, 'breaker'
  end
  if rampTat > closedUntil and rampShareOf(rampFrom, now) < 1 then return rampTat, 'ramp' end
  return closedUntil, 'pause'
end

local function saveGate(name, gate)
  putState('gate:' .. name, packNumbers(gate, gateLength))
end

-- Notes a start on an endpoint that is probed or ramps. `paceMs`: what the call takes of the endpoint's full rate.
-- Result: 1 when the call is the probe, else 0.
local function noteStart(name, packed, start, paceMs, leaseMs, now)
  local gate = unpackNumbers(packed, gateLength)
  if gate[OPEN_UNTIL] > 0 then
    gate[PROBE_UNTIL] = start + leaseMs
    saveGate(name, gate)
    return 1
  end
  local share = rampShareOf(gate[RAMP_FROM], now)
  if share < 1 then
    gate[RAMP_TAT] = start + paceMs / share
    saveGate(name, gate)
  elseif gate[CLOSED_UNTIL] <= now then
    redis.call('HDEL', stateKey, 'gate:' .. name)
  end
  return 0
end
