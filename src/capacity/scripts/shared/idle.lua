-- Nothing is booked ahead, and slots are free: what nobody takes now is lost.
local function isIdle(s, now)
  if s[CONCURRENCY] > 0 and s[HELD] * 2 > s[CONCURRENCY] then return false end
  if not isPaced(s) then return true end
  for d = 1, dimensionCount do
    if s[TAT + d] > now then return false end
  end
  return s[LAST_START] <= now
end
