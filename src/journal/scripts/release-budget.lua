-- Gives back what a call held that was not made or not charged.
--
-- Input
--   KEYS  1 root
--   ARGV  1 now ('' = Redis TIME), 2 rid
-- Output
--   'released'
-- Invariant
--   Sent again, or after settle, it changes nothing. The rid may be held anew, as when a call has waited for its turn.

-- @include accounts

local record = readRecord()
if record and record.state == 'held' then
  undo(record)
  redis.call('DEL', ridKey())
end
return 'released'
