import type { FailureType } from './failure-types';
import type { Usage } from '../contracts/usage';

/** What may be said about a failure in histories and logs: never a prompt, a key or a body. */
export interface FailureDetails {
  readonly provider?: string;
  readonly endpoint?: string;
  readonly model?: string;
  readonly status?: number;
  /** The provider's own error code, e.g. `insufficient_quota`. */
  readonly code?: string;
  readonly requestId?: string;
  /** What the provider asked us to wait. */
  readonly retryAfterMs?: number;
  readonly usage?: Usage;
  /** Which timer fired: connect, firstToken, idle or call. */
  readonly timer?: string;
  /** Any further JSON-safe fact. */
  readonly [fact: string]: unknown;
}

/** The one error class of Holdfast outside workflows: a catalogue type, one line that says what to do, and facts. */
export class HoldfastError extends Error {
  override readonly name = 'HoldfastError';

  // eslint-disable-next-line max-params -- the shape of Error, with a type before it
  constructor(
    readonly type: FailureType,
    message: string,
    readonly details: FailureDetails = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
