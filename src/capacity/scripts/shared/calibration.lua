-- What the provider's answers teach about its limits. Everything here only tightens, and recovers by itself.
local cutFactor, leastFactor, cutEveryMs = 0.7, 0.1, 5000
-- Usage of others below this share of a limit is within what estimates and rounded headers are off by.
local foreignSlackShare = 0.05

-- A 429 of the rate class although capacity was reserved: the limits are not what the config says, or somebody else
-- uses them too. Once per 5 s, as the calls behind the same mistake fail together.
local function cutRate(s, now)
  s[RATE_LIMITED], s[PROVEN] = s[RATE_LIMITED] + 1, 0
  if s[CUT_AT] > 0 and now - s[CUT_AT] < cutEveryMs then return end
  s[FACTOR] = math.max(leastFactor, factorOf(s, now) * cutFactor)
  s[FACTOR_AT], s[CUT_AT] = now, now
end

-- One dimension as the headers of an answer told it; -1 = not told. A lower limit than ours holds until they tell
-- another, or for ten minutes. Usage that is not ours is charged to the ledger: more than we know of, and more than a
-- limiter that forgets it within `resetMs` can hold (the `remaining` of a small bucket says nothing about a minute).
local function heedReading(s, now, dimension, told)
  local own = s[LIMIT + dimension]
  if own == 0 or told.limit == 0 then return end
  local limit = told.limit > 0 and math.min(told.limit, own) or own
  if told.limit > 0 then
    s[SEEN + dimension] = told.limit < own and told.limit or 0
    local isLower = false
    for d = 1, dimensionCount do isLower = isLower or s[SEEN + d] > 0 end
    s[SEEN_AT] = isLower and now or 0
  end
  if dimension == 1 or told.limit <= 0 or told.remaining < 0 or told.resetMs < 0 then return end
  local used = math.min(told.limit - told.remaining, told.resetMs * told.limit / 60000)
  local aheadMs = math.max(0, s[TAT + dimension] - now)
  local known = s[SUM + dimension] - aheadMs / unitMs(s, dimension)
  local foreign = math.floor(used - known)
  if foreign <= foreignSlackShare * limit then return end
  local amounts = { 0, 0, 0, 0 }
  amounts[dimension] = foreign
  ledgerCharge(s, now, amounts)
end

-- `packed`: four numbers per reading: dimension, limit, remaining, resetMs.
local function heedHeaders(s, now, packed)
  for at = 1, #packed, 32 do
    local dimension, limit, remaining, resetMs = struct.unpack('<dddd', packed, at)
    heedReading(s, now, dimension, { limit = limit, remaining = remaining, resetMs = resetMs })
  end
end
