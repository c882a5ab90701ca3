-- Keeps an answer in place of an older one, with the time.
--
-- Input
--   KEYS  1 answer
--   ARGV  1 text, 2 ms to keep
-- Output
--   nothing
-- Invariant
--   What was kept last stands, and bears the time at which it was kept on the clock of this server.

local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('SET', KEYS[1], now .. ':' .. ARGV[1], 'PX', ARGV[2])
return nil
