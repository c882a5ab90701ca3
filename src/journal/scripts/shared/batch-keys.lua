-- The questions of one queue. Every key begins with the root, KEYS[1], which bears the queue's hash tag.
--
--   <root>queue         sorted set of the questions that wait, by the time they are due, ms
--   <root>sizes         hash of their sizes in bytes
--   <root>open          set of the batches that are not over
--   <root>keys:<batch>  sorted set of the questions of a batch, in the order they are sent
--   <root>left:<batch>  set of those nobody waits for any more
--   <root>batch:<batch> what is known of the batch, as text; see redis-batch-board.ts

local function queueKey() return KEYS[1] .. 'queue' end
local function sizesKey() return KEYS[1] .. 'sizes' end
local function openKey() return KEYS[1] .. 'open' end
local function memberKey(batch) return KEYS[1] .. 'keys:' .. batch end

local function nowMs()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
