-- What a call really used.
local maxDebtMs = 60000

-- Replaces the estimate by what the provider charged, as long as it still counts. A refund cannot give more than an
-- idle gap would: pacing never lies further back than its burst. A debt never closes the group for over a minute.
-- Output is charged while it is generated, so its truth counts from the end of the call.
-- Of a call that was booked elsewhere or whose booking was lost, all of it counts from now.
local function amendCost(s, now, r, actual)
  if not r or r.bucket == 0 then
    if isPaced(s) then ledgerCharge(s, now, actual) end
    return
  end
  local isDeferred = s[LIMIT + outputDimension] > 0
  local more = { 0, actual[2] - r.cost[2], actual[3] - r.cost[3], actual[4] - r.cost[4] }
  local stands = ledgerAmend(s, r.bucket, { 0, more[2], more[3], isDeferred and -r.cost[4] or 0 })
  if isDeferred and actual[4] > 0 then ledgerCharge(s, now, { 0, 0, 0, actual[4] }) end
  if not stands then return end
  for d = 2, dimensionCount do
    if s[LIMIT + d] > 0 and more[d] < 0 then
      s[TAT + d] = s[TAT + d] + more[d] * unitMs(s, d)
    elseif s[LIMIT + d] > 0 and more[d] > 0 then
      local from = math.max(s[TAT + d], now)
      s[TAT + d] = math.max(s[TAT + d], math.min(from + more[d] * unitMs(s, d), now + maxDebtMs))
    end
  end
end
