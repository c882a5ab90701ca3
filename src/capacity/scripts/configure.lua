-- Puts limits in force. A caller with a lower version than the one in force changes nothing, so a worker of yesterday
-- cannot put yesterday's limits back. Two callers that say different things under the same version get the lower of
-- both, and are told.
--
-- Input
--   KEYS  1 state
--   ARGV  1 now ('' = Redis TIME), 2 known mark, 3 version ('next' = the one in force + 1), 4 limits: seven numbers per
--         group: rpm, tpm, inputTpm, outputTpm, rpd, concurrency (0 = not limited), requestGapMs; then the groups
-- Output
--   'configured', mark, then per group its outcome ('applied', 'kept' (the same), 'older' or
--   'conflict') and the version in force
-- Invariant
--   What is booked stays booked; limits of a dimension that was not limited begin empty.

-- @include state
-- @include clock
-- @include group
-- @include new-group

local firstName, numbersPerGroup = 5, 7
local fields = { 'clock' }
for i = firstName, #ARGV do fields[#fields + 1] = 'group:' .. ARGV[i] end
local values = redis.call('HMGET', stateKey, unpack(fields))
local clock = readClock(values[1], ARGV[1], ARGV[2])

local function apply(s, version, limits)
  s[VERSION] = version
  for i = 1, numbersPerGroup do
    -- A dimension that begins to be limited, or ends, has no past.
    if i <= dimensionCount and (s[LIMIT + i] == 0) ~= (limits[i] == 0) then s[TAT + i] = 0 end
    s[LIMIT + i] = limits[i]
  end
end

local function configure(s, limits)
  local version = ARGV[3] == 'next' and s[VERSION] + 1 or tonumber(ARGV[3])
  if version < s[VERSION] then return 'older' end
  if version > s[VERSION] then
    apply(s, version, limits)
    return 'applied'
  end
  local isSame, lower = true, {}
  for i = 1, numbersPerGroup do
    local held = s[LIMIT + i]
    isSame = isSame and held == limits[i]
    -- Of gaps the longer one is the lower limit.
    if held == 0 or limits[i] == 0 then
      lower[i] = math.max(held, limits[i])
    else
      lower[i] = i == numbersPerGroup and math.max(held, limits[i]) or math.min(held, limits[i])
    end
  end
  if isSame then return 'kept' end
  apply(s, version, lower)
  return 'conflict'
end

local reply = { 'configured', clock.mark }
for i = firstName, #ARGV do
  local packed, name = values[i - firstName + 2], ARGV[i]
  local s = openGroup(name, packed)
  local limits = { struct.unpack('<ddddddd', ARGV[4], 56 * (i - firstName) + 1) }
  local outcome = configure(s, limits)
  if outcome == 'applied' or outcome == 'conflict' then writeGroup(s) end
  reply[#reply + 1] = outcome
  reply[#reply + 1] = s[VERSION]
end
flushState()
return reply
