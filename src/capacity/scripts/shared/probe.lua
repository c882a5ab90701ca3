-- The call that tries an endpoint whose breaker was open.

-- A probe that is not made, or says nothing: another may be.
local function dropProbe(name, packed)
  if not packed then return end
  local gate = unpackNumbers(packed, gateLength)
  gate[PROBE_UNTIL] = 0
  saveGate(name, gate)
end

-- The probe's lease has moved.
local function keepProbe(name, packed, leaseUntil)
  if not packed then return end
  local gate = unpackNumbers(packed, gateLength)
  if gate[OPEN_UNTIL] == 0 then return end
  gate[PROBE_UNTIL] = leaseUntil
  saveGate(name, gate)
end
