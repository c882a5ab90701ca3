-- The state of one quota group, an array of numbers: its limits, where its pacing stands, what its ledger adds up to.
--
-- Four dimensions are paced and kept in the ledger, in this order: requests (rpm), tokens (tpm), inputTokens
-- (inputTpm), outputTokens (outputTpm). Limits, pacing and sums stand side by side, so a dimension is an offset.
-- 0 = not limited.
local dimensionNames = { 'rpm', 'tpm', 'inputTpm', 'outputTpm' }
local dimensionCount, outputDimension = 4, 4

-- Limits in force; version is raised with every change, 0 = nobody has put any in force since the state began.
local VERSION, LIMIT, RPD, CONCURRENCY, REQUEST_GAP = 1, 1, 6, 7, 8
-- Closed until, ms: the quota answered 429.
local PAUSED = 9
-- Latest start that was booked. Starts never go backwards: ledger and pacing only look at what was booked before.
local LAST_START = 10
-- Theoretical arrival times of pacing, fractional ms; 0 = never booked.
local TAT = 10
-- Burst that the provider's headers have proven, in ms of its rate; 0 = none.
local PROVEN = 15
-- Members of the leases, lapsed ones included until they are removed.
local HELD = 16
-- Share of the tightest limit that was booked in the last minute, fading exponentially: what headroom is judged by.
local LOAD, LOAD_AT = 17, 18
-- When an interactive call was last granted.
local INTERACTIVE_AT = 19
-- Up to here is all that is read of a group that loses the choice.
local hotLength = 19
-- Sums over all buckets of the ledger, its first and last bucket, and what stands in the last one.
local SUM, FIRST_BUCKET, LAST_BUCKET, LAST_AMOUNT = 19, 24, 25, 25
-- Mean time from start to settle, ms: tells when a slot becomes free.
local MEAN_HOLD = 30
-- Share of the limits that is used after a 429, when it last changed and when it was last cut.
local FACTOR, FACTOR_AT, CUT_AT = 31, 32, 33
-- Limits that the provider's headers told, where they are lower than ours, and when; when usage was last compared.
local SEEN, SEEN_AT, COMPARED_AT = 33, 38, 39
-- The day of rpd and its requests.
local DAY, DAY_COUNT = 40, 41
local TOUCHED_AT, REAPED_AT, RATE_LIMITED = 42, 43, 44
-- Largest request in tokens that was booked, in ms of the rate.
local LARGEST = 45
-- Used by others, as headers told; when, and how long the provider remembers it.
local FOREIGN, FOREIGN_AT, FOREIGN_MS = 45, 50, 51
local groupLength = 51
local groupBytes = 408

local idleTtlMs = '3600000'
-- Longer than any lease.
local leasesTtlMs = '2678400000'
local touchEveryMs = 60000
local fadeMs = 60000
-- After a 429: the rate recovers by three tenths per minute.
local recoveryPerMs = 0.3 / 60000
-- What headers told holds for this long without being told again.
local seenTtlMs = 600000

-- Result: the array with its name and, as `tail`, the rid of its last booking: the only one whose place can be undone.
local function unpackGroup(name, packed)
  local s = unpackNumbers(packed, groupLength)
  s.name, s.tail = name, string.sub(packed, groupBytes + 1)
  return s
end

-- order, window (see ledger), leases (see reservation), freed (see booking)
local function keyOf(s, kind)
  return root .. kind .. ':' .. s.name
end

local function writeGroup(s)
  putState('group:' .. s.name, packNumbers(s, groupLength) .. s.tail)
end

local function saveGroup(s, now)
  if math.abs(now - s[TOUCHED_AT]) >= touchEveryMs then
    s[TOUCHED_AT] = now
    redis.call('PEXPIRE', keyOf(s, 'order'), idleTtlMs)
    redis.call('PEXPIRE', keyOf(s, 'window'), idleTtlMs)
    redis.call('PEXPIRE', keyOf(s, 'leases'), leasesTtlMs)
    s[HELD] = redis.call('ZCARD', keyOf(s, 'leases'))
  end
  writeGroup(s)
end

-- The share of the limits that may be used now, 0–1.
local function factorOf(s, now)
  local factor = s[FACTOR]
  if factor >= 1 then return 1 end
  return math.min(1, factor + math.max(0, now - s[FACTOR_AT]) * recoveryPerMs)
end

-- The limit of a dimension after tightening.
local function limitOf(s, dimension, now)
  local limit, seen = s[LIMIT + dimension], s[SEEN + dimension]
  if seen > 0 and seen < limit and now - s[SEEN_AT] < seenTtlMs then limit = seen end
  return limit * factorOf(s, now)
end

-- What others have used of a dimension and the provider has not forgotten yet.
local function foreignOf(s, dimension, now)
  local amount = s[FOREIGN + dimension]
  if amount == 0 then return 0 end
  return math.floor(amount * math.max(0, 1 - (now - s[FOREIGN_AT]) / s[FOREIGN_MS]))
end

-- Time that one unit of a dimension takes at the limit's rate, ms; of a request the gap to the next one.
local function unitMs(s, dimension)
  if dimension == 1 then return s[REQUEST_GAP] end
  return 60000 / s[LIMIT + dimension]
end

-- How much slower than at its own limit a dimension is paced, >= 1.
local function slownessOf(s, dimension, now)
  if s[FACTOR] >= 1 and s[SEEN_AT] == 0 then return 1 end
  return s[LIMIT + dimension] / limitOf(s, dimension, now)
end

local function loadOf(s, now)
  return s[LOAD] * math.exp(-math.max(0, now - s[LOAD_AT]) / fadeMs)
end

-- What a request is of the limit it uses most of, 0–1.
local function loadShareOf(s, cost)
  local share = 0
  for d = 1, dimensionCount do
    if s[LIMIT + d] > 0 then share = math.max(share, cost[d] / s[LIMIT + d]) end
  end
  return share
end

local function isPaced(s)
  return s[LIMIT + 1] > 0 or s[LIMIT + 2] > 0 or s[LIMIT + 3] > 0 or s[LIMIT + 4] > 0
end

-- Pacing time of a request as a whole: of the dimension that takes longest, ms.
local function paceOf(s, cost, now)
  local longest = 0
  for d = 1, dimensionCount do
    if s[LIMIT + d] > 0 then longest = math.max(longest, cost[d] * unitMs(s, d) * slownessOf(s, d, now)) end
  end
  return longest
end
