-- The lanes of a pool, and what of them is needed for every call: how far ahead it may book.
--
-- Four levels: interactive premium, interactive standard, batch premium, batch standard. Interactive calls book ahead
-- as far as they would wait. Batch books no further than `batchAheadMs` while interactive calls are about, so that none
-- of them queues behind batch; and its guaranteed minimum as far as it would wait.
--
--   pool:<pool>   in the state, packed numbers
local WAITING, VIRTUAL, MEAN_SERVICE, BATCH_DUE, STANDARD_DUE = 0, 4, 9, 10, 10
local poolLength = 12
local levels = 4
local calmAfterMs, calmAheadMs = 60000, 800
local owedHorizonShare = 0.8

local function unpackPool(packed)
  if not packed then return zeros(poolLength) end
  return unpackNumbers(packed, poolLength)
end

local function savePool(pool, p)
  putState('pool:' .. pool, packNumbers(p, poolLength))
end

local function isBatchLevel(level)
  return level > 2
end

local function waitingIn(p, first, last)
  local count = 0
  for level = first, last do count = count + p[WAITING + level] end
  return count
end

local function isAnyWaiting(p)
  return waitingIn(p, 1, levels) > 0
end

-- A level below others that waits has its minimum when nothing of it was granted for the time its share needs. Result:
-- of batch, of standard priority within its lane.
local function hasMinimum(p, level, now)
  local isBatch, isStandard = isBatchLevel(level), level % 2 == 0
  return isBatch and p[BATCH_DUE] <= now and waitingIn(p, 3, 4) > 0,
    isStandard and p[STANDARD_DUE + level / 2] <= now and p[WAITING + level] > 0
end

-- Batch waits and is owed its minimum: interactive calls then leave room for one of it.
local function isBatchOwed(p, now)
  return p[BATCH_DUE] <= now and waitingIn(p, 3, 4) > 0
end

-- How far ahead a request of this level may book.
local function horizonOf(p, settings, level, maxWaitMs, interactiveAt, now)
  if not isBatchLevel(level) then
    if not isBatchOwed(p, now) then return maxWaitMs end
    return math.min(maxWaitMs, settings.batchMaxWaitMs) * owedHorizonShare
  end
  if isBatchOwed(p, now) then return maxWaitMs end
  local isCalm = now - interactiveAt > calmAfterMs
  return math.min(maxWaitMs, isCalm and math.max(calmAheadMs, settings.batchAheadMs) or settings.batchAheadMs)
end
