-- Which of the candidates takes a request: the earliest start, then the largest headroom x weight, then the first
-- named; or, where the pool's route has a preference, the lowest rank among those that start soon enough.
--
-- Bounds are cheap and made for all; the whole plan is made only for those that could win.

-- asked: count, costs (five numbers per candidate: tokens, input tokens, output tokens, rank, weight), groups and gates
-- (packed, as read), namesFrom (ARGV of the first endpoint), isBatch, isOwed, leavesSlot
-- Result: the field of candidates; nil when the limits of a group are not known.
local function openField(clock, settings, asked)
  local field = {
    starts = {}, rooms = {}, ranks = {}, plans = {}, asked = asked, hasRanks = false, fitting = 0, interactiveAt = 0,
  }
  local starts, rooms, ranks, now, jitterMs = field.starts, field.rooms, field.ranks, clock.now, settings.jitterMs
  local firstRank
  for i = 1, asked.count do
    local packed = asked.groups[i]
    if not packed or struct.unpack('<d', packed) == 0 then return nil end
    local tokens, input, output, rank, weight = struct.unpack('<ddddd', asked.costs, 40 * (i - 1) + 1)
    local start, _, room, tooLarge, interactiveAt =
      boundOf(now, jitterMs, tokens, input, output, struct.unpack('<ddddddddddddddddddd', packed))
    field.interactiveAt = math.max(field.interactiveAt, interactiveAt)
    if tooLarge then
      field.tooLarge, field.tooLargeAt = tooLarge, i
    else
      local gate = asked.gates[i]
      if gate then start = math.max(start, (gateOf(gate, now))) end
      starts[i], rooms[i], ranks[i] = math.ceil(start), room * weight, rank
      firstRank = firstRank or rank
      field.hasRanks = field.hasRanks or rank ~= firstRank
      field.fitting = field.fitting + 1
    end
  end
  return field
end

local function candidateAt(clock, asked, i)
  local gate
  if asked.gates[i] then
    local at, blockedBy, isUnknown = gateOf(asked.gates[i], clock.now)
    gate = { at = at, blockedBy = blockedBy, isUnknown = isUnknown }
  end
  local tokens, input, output = struct.unpack('<ddd', asked.costs, 40 * (i - 1) + 1)
  local name = asked.namesFrom + 2 * (i - 1)
  return {
    endpoint = ARGV[name], s = unpackGroup(ARGV[name + 1], asked.groups[i]), packedGate = asked.gates[i],
    gate = gate, cost = { 1, tokens, input, output },
    isBatch = asked.isBatch, isOwed = asked.isOwed, leavesSlot = asked.leavesSlot,
  }
end

-- The candidate that wins, fully planned: by rank among those that start no later than `latest`, or, without it, by
-- start and headroom. A plan may move a start later, or take it away when none can be known; then the next is looked at.
-- Result: its index, or nil.
local function winner(clock, settings, field, latest)
  local starts, rooms, ranks, plans = field.starts, field.rooms, field.ranks, field.plans
  while true do
    local best
    for i = 1, field.asked.count do
      local start = starts[i]
      if start and (not latest or start <= latest) then
        local isBetter = not best
        if best and latest and ranks[i] ~= ranks[best] then
          isBetter = ranks[i] < ranks[best]
        elseif best then
          isBetter = start < starts[best] or (start == starts[best] and rooms[i] > rooms[best])
        end
        if isBetter then best = i end
      end
    end
    if not best or plans[best] then return best end
    local plan = planStart(clock, settings, candidateAt(clock, field.asked, best))
    plans[best], starts[best] = plan, plan.start
  end
end

-- Result: the plan of the chosen candidate; or nil and the soonest of the plans without a start, which names its endpoint.
local function choose(clock, settings, field, spillAfterMs, horizonMs)
  local best = winner(clock, settings, field)
  if best and field.hasRanks then
    local start = field.starts[best]
    best = winner(clock, settings, field, math.max(start, math.min(start + spillAfterMs, clock.now + horizonMs)))
  end
  if best then return field.plans[best] end
  local soonest
  for i = 1, field.asked.count do
    local plan = field.plans[i]
    if plan and (not soonest or plan.retryInMs < soonest.retryInMs) then
      soonest = plan
      soonest.endpoint = ARGV[field.asked.namesFrom + 2 * (i - 1)]
    end
  end
  return nil, soonest
end
