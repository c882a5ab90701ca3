-- A group that nothing is known of: version 0, no limits.
local function openGroup(name, packed)
  if packed then return unpackGroup(name, packed) end
  local s = zeros(groupLength)
  s.name, s.tail, s[FACTOR] = name, '', 1
  return s
end
