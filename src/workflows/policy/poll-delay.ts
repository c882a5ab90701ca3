/** A batch takes minutes at best and hours mostly: the longer it has taken, the less it matters when its end is seen. */
const poll = { firstMs: 1_000, factor: 1.5, capMs: 300_000 } as const;

/** Until the next look after `polls` looks. */
export function pollDelayMs(polls: number): number {
  return Math.min(poll.capMs, Math.round(poll.firstMs * poll.factor ** Math.min(polls, 20)));
}
