/** What every provider folder implements. */
import type { ModelAnswer, ModelRequest } from '../contracts/model';
import type { CallTimeouts } from '../contracts/settings';

export interface ModelCall {
  readonly request: ModelRequest;
  /** Sent as `X-Client-Request-Id`, so that a call can be found in the provider's and the simulator's ledger. */
  readonly callId: string;
  readonly timeouts: CallTimeouts;
  /** Cancels the call down to the socket. */
  readonly signal: AbortSignal;
  /** Called with each piece of text as it arrives. */
  readonly onText?: (text: string) => void;
}

/** One client for one endpoint. */
export interface Provider {
  /**
   * Makes exactly one HTTP request, streamed, without any retry of its own.
   * Throws `HoldfastError` with a type of the failure catalogue; when `signal` aborted, rethrows `signal.reason`.
   */
  call(call: ModelCall): Promise<ModelAnswer>;
}
