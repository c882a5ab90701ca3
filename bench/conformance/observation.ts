/** What came of one run: what the caller got, and what was seen at the server. */
import type { ModelAnswer, ResumableCall } from '../../src/contracts/model';
import type { Evidence } from './sources/stage';

export interface Observation {
  readonly answer?: ModelAnswer;
  /** What the call rejected with. */
  readonly error?: unknown;
  readonly pieces: readonly string[];
  readonly resumables: readonly ResumableCall[];
  readonly elapsedMs: number;
  readonly evidence: Evidence;
}
