-- What the provider's answers teach about its limits. Everything here only tightens, and recovers by itself.
local cutFactor, leastFactor, cutEveryMs = 0.7, 0.1, 5000
-- Usage of others below this share of a limit is within what estimates and rounded headers are off by.
local foreignSlackShare = 0.05
-- Looking costs as much as a reservation.
local compareEveryMs = 1000
local freshMs = 2000
local provingMs = 1500

-- A 429 of the rate class although capacity was reserved: the limits are not what the config says, or somebody else
-- uses them too. Once per 5 s, as the calls behind the same mistake fail together.
local function cutRate(s, now)
  s[RATE_LIMITED], s[PROVEN] = s[RATE_LIMITED] + 1, 0
  if s[CUT_AT] > 0 and now - s[CUT_AT] < cutEveryMs then return end
  s[FACTOR] = math.max(leastFactor, factorOf(s, now) * cutFactor)
  s[FACTOR_AT], s[CUT_AT] = now, now
end

-- Usage that is not ours is taken off the limit until the provider has forgotten it: what is more than we know of (what
-- is booked ahead included, since the ledger forgets as much at its other end), and no more than a limiter that forgets
-- it within `resetMs` can hold (what remains of a small bucket says nothing about a minute).
local function compareUsage(s, now, told, windowMs)
  local left
  for dimension, reading in pairs(told) do
    if dimension > 1 then
      left = left or ledgerLeft(s, now, windowMs)
      local foreign = math.floor(reading.used - (s[SUM + dimension] - left[dimension]))
      local slack = foreignSlackShare * math.min(reading.limit, s[LIMIT + dimension])
      s[FOREIGN + dimension] = foreign > slack and foreign or 0
      s[FOREIGN_AT], s[FOREIGN_MS] = now, math.max(1, reading.resetMs)
    end
  end
end

-- What the headers of an answer told. `packed`: five numbers per reading: dimension, limit, remaining, resetMs (-1 = not
-- told), ageMs. A lower limit than ours holds until they tell another, or for ten minutes.
local function heedHeaders(s, now, packed, windowMs)
  local told, isLower = {}, false
  for at = 1, #packed, 40 do
    local dimension, limit, remaining, resetMs, ageMs = struct.unpack('<ddddd', packed, at)
    local own = s[LIMIT + dimension]
    if own > 0 and limit > 0 then
      s[SEEN + dimension] = limit < own and limit or 0
      if remaining >= 0 and resetMs >= 0 then
        local used = math.min(limit - remaining, resetMs * limit / 60000)
        -- What was used then can only be compared with what is known now while little has happened between.
        if ageMs <= freshMs then told[dimension] = { limit = limit, used = used, resetMs = resetMs } end
        -- No bucket of a second can be missing this much: that, and what it lent to one request.
        local provenMs = used * 60000 / limit - s[LARGEST] - provingMs
        if dimension > 1 and provenMs > 0 then s[PROVEN] = maxBurstMs end
      end
    end
  end
  if #packed == 0 then return end
  for d = 1, dimensionCount do isLower = isLower or s[SEEN + d] > 0 end
  s[SEEN_AT] = isLower and now or 0
  if math.abs(now - s[COMPARED_AT]) < compareEveryMs then return end
  s[COMPARED_AT] = now
  compareUsage(s, now, told, windowMs)
end
