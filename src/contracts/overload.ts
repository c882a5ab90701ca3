/** A queue past what its pool allows, as it is told: in failures, in the notice that stops new runs, in messages. */
export interface Overload {
  readonly pool: string;
  /** What a call that comes now would wait for its start, ms. */
  readonly expectedMs: number;
  /** Calls in the queue. */
  readonly waiting: number;
}

/** The overload that a failure's details or a notice tell of, if they do. */
export function overloadIn(told: unknown): Overload | undefined {
  const { pool, expectedMs, waiting } = (told ?? {}) as Partial<Record<keyof Overload, unknown>>;
  if (typeof pool !== 'string' || !Number.isFinite(expectedMs) || !Number.isFinite(waiting)) return undefined;
  return { pool, expectedMs: expectedMs as number, waiting: waiting as number };
}

/** For people: `pool smart has 1,042 calls waiting, about 3 min`. */
export function overloadText({ pool, expectedMs, waiting }: Overload): string {
  const calls = `${waiting.toLocaleString('en-US')} ${waiting === 1 ? 'call' : 'calls'}`;
  return `pool ${pool} has ${calls} waiting, about ${roughly(expectedMs)}`;
}

function roughly(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1_000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
