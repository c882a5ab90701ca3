/** What every provider folder implements. */
import type { ModelAnswer, ModelRequest, ResumableCall } from '../contracts/model';
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
  /**
   * Asks for a call that goes on without us, where the endpoint can (OpenAI Responses): called once, as soon as the
   * provider has said under which id. The call goes on when it has resolved, and fails with what it rejects with.
   * Whatever ends such a call on our side (its timers, `signal`, a rejection here), it goes on at the provider and
   * costs: pick it up with `resume`, or end it with `cancelResumable`.
   */
  readonly onResumable?: (call: ResumableCall) => Promise<void>;
}

/** Picks up what an earlier process began. */
export type ResumeCall = Omit<ModelCall, 'onResumable'> & { readonly resumable: ResumableCall };

export interface CancelCall {
  readonly resumable: ResumableCall;
  readonly callId: string;
  /** Ends the attempt to cancel; it is given up after 10 s in any case. */
  readonly signal: AbortSignal;
}

/** One client for one endpoint. */
export interface Provider {
  /**
   * Makes exactly one HTTP request, streamed, without any retry of its own.
   * Throws `HoldfastError` with a type of the failure catalogue; when `signal` aborted, rethrows `signal.reason`.
   */
  call(call: ModelCall): Promise<ModelAnswer>;
  /**
   * One vector for each message of a request with `embedding`, packed (`packVectors`) as the text of the answer. One
   * HTTP request; throws as `call` does. Absent where the provider has no embeddings (Anthropic).
   */
  embed?(call: ModelCall): Promise<ModelAnswer>;
  /**
   * Follows a call that was begun before, from its first token. One request, which buys nothing; where the provider no
   * longer streams it to its end, one more every few seconds until it is finished; where it does not know an id yet
   * that it gave in the last seconds, one more every half second until it does. Absent where the provider has
   * nothing of the kind. Throws as `call` does; `Llm.ResumeLost` when the provider no longer has it.
   */
  resume?(call: ResumeCall): Promise<ModelAnswer>;
  /**
   * Ends a call at the provider that nobody will pick up: one request. For a run that is cancelled, never for a worker
   * that shuts down, whose call the next one resumes. Resolves as well when it had ended before or is no longer known;
   * otherwise throws as `call` does. Present exactly where `resume` is.
   */
  cancelResumable?(call: CancelCall): Promise<void>;
}
