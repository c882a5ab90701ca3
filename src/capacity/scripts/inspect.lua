-- How a pool stands.
--
-- Input
--   KEYS  1 state
--   ARGV  1 now ('' = Redis TIME), 2 known mark, 3 settings, 4 pool, then endpoint and group of each
-- Output
--   'inspected', mark, the pool: waiting of the four levels and the mean ms of service of those who wait; then per
--   endpoint ('' when its limits are not known): version, of each dimension of the ledger limit, effective limit and
--   used, rpd, used today, concurrency, in flight, breaker (0 closed, 1 open, 2 probing, 3 ramping), blockedForMs, rate
--   factor, 429s, calls, faults, latencyMs (-1), costUsd (-1), ms until the next start. Numbers as text with commas.
-- Invariant
--   Changes nothing.

-- @include state
-- @include clock
-- @include settings
-- @include group
-- @include bound
-- @include ledger
-- @include gate
-- @include endpoint
-- @include ledger-left
-- @include reservation
-- @include booking
-- @include lanes

local firstName = 5
local pool, count = ARGV[4], (#ARGV - 4) / 2
local fields = { 'clock', 'pool:' .. pool }
for i = 1, count do
  fields[2 + i] = 'group:' .. ARGV[firstName + 2 * i - 1]
  fields[2 + count + i] = 'endpoint:' .. ARGV[firstName + 2 * (i - 1)]
  fields[2 + 2 * count + i] = 'gate:' .. ARGV[firstName + 2 * (i - 1)]
end
local values = redis.call('HMGET', stateKey, unpack(fields))
local clock, settings = readClock(values[1], ARGV[1], ARGV[2]), readSettings(ARGV[3])
local now = clock.now
local function breakerOf(gate)
  if gate[OPEN_UNTIL] > 0 then return gate[PROBE_UNTIL] > now and 2 or 1 end
  return rampShareOf(gate[RAMP_FROM], now) < 1 and 3 or 0
end

local function textOf(numbers)
  local texts = {}
  for i, number in ipairs(numbers) do texts[i] = string.format('%.14g', number) end
  return table.concat(texts, ',')
end

local function readEndpoint(group, packedGroup, packedEndpoint, packedGate)
  if not packedGroup or struct.unpack('<d', packedGroup) == 0 then return '' end
  local s, e, gate = unpackGroup(group, packedGroup), unpackEndpoint(packedEndpoint), unpackGate(packedGate)
  local left = ledgerLeft(s, now, settings.windowMs)
  local numbers = { s[VERSION] }
  for d = 1, dimensionCount do
    numbers[#numbers + 1] = s[LIMIT + d]
    numbers[#numbers + 1] = s[LIMIT + d] > 0 and math.max(0, limitOf(s, d, now) - foreignOf(s, d, now)) or 0
    numbers[#numbers + 1] = math.max(0, s[SUM + d] - left[d])
  end
  numbers[#numbers + 1] = s[RPD]
  numbers[#numbers + 1] = s[DAY] == dayOf(settings, now) and s[DAY_COUNT] or 0
  numbers[#numbers + 1] = s[CONCURRENCY]
  numbers[#numbers + 1] = redis.call('ZCOUNT', keyOf(s, 'leases'), '(' .. now, '+inf')
  numbers[#numbers + 1] = breakerOf(gate)
  numbers[#numbers + 1] = math.max(0, math.max(s[PAUSED], gate[CLOSED_UNTIL], gate[OPEN_UNTIL]) - now)
  numbers[#numbers + 1] = factorOf(s, now)
  local fade = 2 ^ (-math.max(0, now - e[STATS_AT]) / statsHalfLifeMs)
  numbers[#numbers + 1] = e[ENDPOINT_RATE_LIMITED]
  numbers[#numbers + 1] = e[CALLS] * fade
  numbers[#numbers + 1] = e[FAULTS] * fade
  numbers[#numbers + 1] = e[LATENCY_COUNT] > 0 and e[LATENCY_SUM] / e[LATENCY_COUNT] or -1
  numbers[#numbers + 1] = e[COST_CALLS] > 0 and e[COST] / e[COST_CALLS] or -1
  local start = boundOf(now, settings.jitterMs, 1, 1, 1, unpack(s, 1, hotLength))
  start = math.max(start, (gateOf(packedGate, now)))
  numbers[#numbers + 1] = math.max(0, start - now)
  return textOf(numbers)
end

local p = unpackPool(values[2])
local reply = {
  'inspected', clock.mark,
  textOf({ p[WAITING + 1], p[WAITING + 2], p[WAITING + 3], p[WAITING + 4], p[MEAN_SERVICE] }),
}
for i = 1, count do
  local group = ARGV[firstName + 2 * i - 1]
  reply[#reply + 1] = readEndpoint(group, values[2 + i], values[2 + count + i], values[2 + 2 * count + i])
end
flushState()
return reply
