-- Moving a lease's end, and ending a reservation for good.

local function extendLease(key, s, rid, r, leaseUntil, now)
  r.leaseUntil = math.max(r.leaseUntil, leaseUntil)
  writeReservation(key, r, r.leaseUntil - now + recordTtlMs)
  holdLease(s, rid, r)
end

-- The record shrinks to what a repeated delivery needs.
local function spendReservation(key, leaseMs)
  redis.call('SET', key, spent, 'PX', string.format('%.0f', math.ceil(math.max(recordTtlMs, leaseMs))))
end
