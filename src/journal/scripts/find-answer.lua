-- An answer that is young enough.
--
-- Input
--   KEYS  1 answer
--   ARGV  1 greatest age, ms
-- Output
--   time of the store (Unix, ms), text; or nothing
-- Invariant
--   Changes nothing. One that is too old stays: somebody else may ask for older ones.

local kept = redis.call('GET', KEYS[1])
if not kept then return nil end
local storedAt, text = string.match(kept, '^(%d+):(.*)$')
local time = redis.call('TIME')
if storedAt and time[1] * 1000 + math.floor(time[2] / 1000) - storedAt > tonumber(ARGV[1]) then return nil end
return { storedAt or '', text or kept }
