-- Closes a group or an endpoint for everyone. A shorter pause never replaces a longer one.
local function pauseFor(key, now, pauseMs)
  if pauseMs <= 0 then return end
  local untilMs = now + pauseMs
  if untilMs > tonumber(redis.call('GET', key) or 0) then redis.call('SET', key, untilMs, 'PX', pauseMs + 1000) end
end
