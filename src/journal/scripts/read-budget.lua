-- How one budget stands.
--
-- Input
--   KEYS  1 root
--   ARGV  1 now ('' = Redis TIME), 2 '' (no rid), 3 id
-- Output
--   spent usd, spent tokens, held usd, held tokens; nil for what nobody has used
-- Invariant
--   The sums change by holds that lapse only.

-- @include accounts

lapse(ARGV[3])
return redis.call('HMGET', accountKey(ARGV[3]), 'usd', 'tokens', 'heldUsd', 'heldTokens')
