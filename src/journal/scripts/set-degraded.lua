-- KEYS[1] hash of flags, one field per scope
-- ARGV: scope, how long in ms (0 takes it away), JSON of what is told
-- Answers when the flag ends, Unix ms on the server's clock; 0 when there was none to take away.
local now = redis.call('TIME')
local nowMs = now[1] * 1000 + math.floor(now[2] / 1000)
local forMs = tonumber(ARGV[2])
local untilMs = forMs > 0 and nowMs + forMs or 0
local answer = untilMs
if untilMs > 0 then
  redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f %s', untilMs, ARGV[3]))
elseif redis.call('HDEL', KEYS[1], ARGV[1]) == 1 then
  answer = nowMs
end
-- The hash goes with the last of its flags.
local lastMs = 0
local flags = redis.call('HGETALL', KEYS[1])
for index = 1, #flags, 2 do
  local endsMs = tonumber(string.match(flags[index + 1], '^%d+'))
  if endsMs <= nowMs then
    redis.call('HDEL', KEYS[1], flags[index])
  elseif endsMs > lastMs then
    lastMs = endsMs
  end
end
if lastMs > 0 then redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', lastMs)) end
return string.format('%.0f', answer)
