/** What is done to the engine, in the order of the report. */

export const faultKinds = [
  'holderKilled',
  'holderStopped',
  'redisFlushed',
  'redisPaused',
  'redisHung',
  'redisFailedOver',
  'redisRestarted',
  'redisSlow',
  'clockMoved',
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** For people; docs/chaos.md says what each is good for. */
export const faultTexts: Readonly<Record<FaultKind, string>> = {
  holderKilled: 'a holder is killed with calls in flight (SIGKILL), another one takes its place',
  holderStopped: 'a holder stands still for longer than its leases (SIGSTOP), then goes on',
  redisFlushed: 'Redis forgets everything (FLUSHALL)',
  redisPaused: 'Redis answers nobody for 2 s (CLIENT PAUSE)',
  redisHung: 'Redis stands still for 3 s (SIGSTOP)',
  redisFailedOver: 'the replica takes over without the last second of writes',
  redisRestarted: 'Redis is killed and comes back empty',
  redisSlow: 'every message from and to Redis is late for 3 s',
  clockMoved: "the clock of Redis' machine jumps back by 300 s",
};

/** How long each lasts, ms; 0 = it is done at once. */
export const faultMs: Readonly<Record<FaultKind, number>> = {
  holderKilled: 0,
  // Longer than the lease of the account: what the holder held has lapsed when it goes on.
  holderStopped: 9_000,
  redisFlushed: 0,
  redisPaused: 2_000,
  redisHung: 3_000,
  // The second in which the primary takes writes that the replica never sees.
  redisFailedOver: 1_000,
  redisRestarted: 0,
  redisSlow: 3_000,
  clockMoved: 0,
};

/** Each way. The first is slower than the planned jitter, the second slower than the store waits for an answer. */
export const slowByMs = [60, 150] as const;

export const clockStepSeconds = 300;
