-- Ends a reservation whose call was made: frees the slot, replaces the estimate, closes what has to be closed, and
-- takes in what the call has taught.
--
-- Input
--   KEYS  1 state, 2 reservation
--   ARGV  1 now ('' = Redis TIME), 2 known mark, 3 rid, 4 settings, 5 endpoint, 6 group, 7 the call: tokens, input
--         tokens, output tokens charged (-1 keeps the estimate), ms to pause the group, ms to close the endpoint,
--         429 of the rate class (1, 0), fault (1, 0, -1 = says nothing), latencyMs (-1), 8 costUsd ('' = not
--         known), 9 readings of headers (see calibration)
-- Output
--   'settled', mark
-- Invariant
--   Sent again it changes nothing. A lapsed reservation is still settled: its call was charged. Without a record
--   pauses and what the call has taught are applied, and all that it used is charged. Lower usage gives back no more
--   than an idle gap would; higher usage is added.

-- @include state
-- @include clock
-- @include settings
-- @include group
-- @include new-group
-- @include bound
-- @include ledger
-- @include gate
-- @include endpoint
-- @include reservation
-- @include lease-end
-- @include ledger-left
-- @include ledger-charge
-- @include amend
-- @include calibration

local holdWeight = 0.2

local rid, endpoint, group = ARGV[3], ARGV[5], ARGV[6]
local values = redis.call('HMGET', stateKey, 'clock', 'group:' .. group, 'endpoint:' .. endpoint, 'gate:' .. endpoint)
local clock, settings = readClock(values[1], ARGV[1], ARGV[2]), readSettings(ARGV[4])
local now = clock.now
local tokens, input, output, pauseMs, closeMs, isRateLimited, fault, latencyMs = struct.unpack('<dddddddd', ARGV[7])

local r = loadReservation(KEYS[2])
if r and r.isSpent then
  flushState()
  return { 'settled', clock.mark }
end

-- A shorter pause never replaces a longer one.
local function laterOf(untilMs, forMs)
  return forMs > 0 and math.max(untilMs, now + forMs) or untilMs
end

local e, gate = unpackEndpoint(values[3]), unpackGate(values[4])
gate[CLOSED_UNTIL] = laterOf(gate[CLOSED_UNTIL], closeMs)
local isFault = nil
if fault >= 0 then isFault = fault == 1 end
judgeBreaker(e, gate, now, isFault, r ~= nil and r.isProbe == 1)
keepStatistics(endpoint, e, now, {
  fault = isFault, latencyMs = latencyMs >= 0 and latencyMs or nil, costUsd = tonumber(ARGV[8]),
})
if isRateLimited == 1 then e[ENDPOINT_RATE_LIMITED] = e[ENDPOINT_RATE_LIMITED] + 1 end
saveEndpoint(endpoint, e)
keepGate(endpoint, gate, values[4], now)

local s = openGroup(group, values[2])
s[PAUSED] = laterOf(s[PAUSED], pauseMs)
if isRateLimited == 1 then cutRate(s, now) end
local cost = r and r.cost or { 1, 0, 0, 0 }
amendCost(s, now, r, {
  1,
  tokens >= 0 and tokens or cost[2],
  input >= 0 and input or cost[3],
  output >= 0 and output or cost[4],
})
if r then
  local heldMs = math.max(0, now - r.start)
  s[MEAN_HOLD] = s[MEAN_HOLD] == 0 and heldMs or s[MEAN_HOLD] + holdWeight * (heldMs - s[MEAN_HOLD])
end
heedHeaders(s, now, ARGV[9], settings.windowMs)
dropLease(s, rid)
saveGroup(s, now)
spendReservation(KEYS[2], settings.leaseMs)
flushState()
return { 'settled', clock.mark }
