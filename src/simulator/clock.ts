/** The simulator's own clock: it reads like wall time, but a step of the machine's clock does not move it. */
export interface Clock {
  /** Milliseconds since the epoch, never going backwards, with fractions. */
  now(): number;
}

export const systemClock: Clock = { now: () => performance.timeOrigin + performance.now() };
