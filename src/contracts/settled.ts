/** What the update `settled` is sent with a start, and what it answers. */
import type { StartIdentity } from './start-conflict';
import type { RunBrief } from './status';

export interface SettledInput {
  /** What the sender means to have started: another run of the id refuses. */
  readonly started: StartIdentity;
  /** 0 to `longestWaitMs`. */
  readonly waitMs: number;
}

/** Who wants to wait longer asks for the result. */
export const longestWaitMs = 60_000;

export interface Settled extends RunBrief {
  /** The run its chain began with. */
  readonly firstRunId: string;
}
