-- The state of one group of pools: a hash whose fields are packed numbers, read at once and written at once, because
-- commands and the conversion of their arguments are what a script spends its time on.
--
-- KEYS[1] is the hash, `<root>state`. All other keys of the group begin with the same root, and so with the same hash
-- tag: they live in the slot that KEYS[1] was routed to.
--
--   clock             see clock
--   pool:<pool>       see queue
--   group:<group>     see group
--   endpoint:<name>   see endpoint
local stateKey = KEYS[1]
local root = string.sub(stateKey, 1, -6)

local written = {}

local function putState(field, value)
  written[#written + 1] = field
  written[#written + 1] = value
end

local function flushState()
  if #written > 0 then redis.call('HSET', stateKey, unpack(written)) end
end

local packedDoubles = '<' .. string.rep('d', 64)

-- Packed doubles as an array, which costs a fraction of a table with names.
local function unpackNumbers(packed, count)
  local numbers = { struct.unpack(string.sub(packedDoubles, 1, count + 1), packed) }
  -- struct.unpack also answers where it stopped.
  numbers[count + 1] = nil
  return numbers
end

local function packNumbers(numbers, count)
  return struct.pack(string.sub(packedDoubles, 1, count + 1), unpack(numbers, 1, count))
end

local function zeros(count)
  local numbers = {}
  for i = 1, count do numbers[i] = 0 end
  return numbers
end
