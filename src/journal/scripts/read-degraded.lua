-- KEYS[1] hash of flags, one field per scope
-- Answers scope and value of every flag that is in force on the server's clock, in turn.
local now = redis.call('TIME')
local nowMs = now[1] * 1000 + math.floor(now[2] / 1000)
local flags = redis.call('HGETALL', KEYS[1])
local standing = {}
for index = 1, #flags, 2 do
  if tonumber(string.match(flags[index + 1], '^%d+')) > nowMs then
    standing[#standing + 1] = flags[index]
    standing[#standing + 1] = flags[index + 1]
  end
end
return standing
