-- The earliest start that pause and pacing allow, out of the first numbers of a group's state: a lower bound of what the
-- whole plan will find, at a fraction of its price.
--
-- Pacing (GCRA) spaces starts as a continuous limiter wants them, whose burst is a second of rate or one request,
-- whichever is more. How far ahead of the plain rate a request may start is what that burst holds beyond the request
-- itself. More than a second, less a tenth as tokens are estimates, is believed only of a limiter whose headers have told
-- that it remembers more.
local secondMs, maxBurstMs = 900, 3000

local function burstMs(provenMs, requestMs, jitterMs)
  return math.max(0, math.max(secondMs, provenMs) - jitterMs - requestMs)
end

-- Result: start (ms), what it is blocked by: 0 nothing, 1–4 a dimension, 5 pause, 6 the order of starts; what is left of
-- the tightest limit once the request is booked, 0–1; the dimension whose limit the cost exceeds even alone, or nil; when an
-- interactive call was last granted.
local function boundOf(now, jitterMs, tokens, input, output, version, rpm, tpm, inputTpm, outputTpm, rpd, concurrency,
  requestGap, paused, lastStart, requestTat, tokenTat, inputTat, outputTat, proven, held, load, loadAt, interactiveAt)
  local start, blockedBy, share, tooLarge = now, 0, 0, nil
  if paused > start then start, blockedBy = paused, 5 end
  if rpm > 0 then
    share = 1 / rpm
    if requestTat > start then start, blockedBy = requestTat, 1 end
  end
  if tpm > 0 and tokens > 0 then
    if tokens > tpm then tooLarge = 2 end
    share = math.max(share, tokens / tpm)
    local at = tokenTat - burstMs(proven, tokens * 60000 / tpm, jitterMs)
    if at > start then start, blockedBy = at, 2 end
  end
  if inputTpm > 0 and input > 0 then
    if input > inputTpm then tooLarge = 3 end
    share = math.max(share, input / inputTpm)
    local at = inputTat - burstMs(proven, input * 60000 / inputTpm, jitterMs)
    if at > start then start, blockedBy = at, 3 end
  end
  if outputTpm > 0 and output > 0 then
    if output > outputTpm then tooLarge = 4 end
    share = math.max(share, output / outputTpm)
    local at = outputTat - burstMs(proven, output * 60000 / outputTpm, jitterMs)
    if at > start then start, blockedBy = at, 4 end
  end
  if lastStart > start then start, blockedBy = lastStart, 6 end
  local room = 1 - load * math.exp(math.min(0, loadAt - now) / fadeMs) - share
  if concurrency > 0 then room = math.min(room, 1 - (held + 1) / concurrency) end
  return start, blockedBy, room, tooLarge, interactiveAt
end
