-- What holds for every call of one process, packed in one argument: jitterMs (J, also the grace of a start), windowMs
-- (60 s + J), leaseMs, maxAheadMs (how far ahead anyone books), retry share, retry floor, batchAheadMs,
-- batchMinimumShare, standardMinimumShare, interactiveFloorShare, batchMaxWaitMs, aheadOfPacificMs (what UTC is ahead of
-- the provider's day).
local function readSettings(packed)
  local jitterMs, windowMs, leaseMs, maxAheadMs, retryShare, retryFloor, batchAheadMs, batchMinimumShare,
    standardMinimumShare, interactiveFloorShare, batchMaxWaitMs, aheadOfPacificMs = struct.unpack('<dddddddddddd', packed)
  return {
    jitterMs = jitterMs,
    windowMs = windowMs,
    leaseMs = leaseMs,
    maxAheadMs = maxAheadMs,
    retryShare = retryShare,
    retryFloor = retryFloor,
    batchAheadMs = batchAheadMs,
    batchMinimumShare = batchMinimumShare,
    standardMinimumShare = standardMinimumShare,
    interactiveFloorShare = interactiveFloorShare,
    batchMaxWaitMs = batchMaxWaitMs,
    aheadOfPacificMs = aheadOfPacificMs,
  }
end
