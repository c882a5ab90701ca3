/** What a case does with its provider. Each act ends as the call it is about ends. */
import type { ModelAnswer, ModelRequest, ResumableCall } from '../../src/contracts/model';
import type { CallTimeouts } from '../../src/contracts/settings';
import type { Provider } from '../../src/providers/provider';
import type { Stage } from './sources/stage';

export interface Performance {
  readonly provider: Provider;
  readonly stage: Stage;
  readonly endpoint: string;
  readonly request: ModelRequest;
  readonly timeouts: CallTimeouts;
  /** Filled as text comes, by the last call of the act. */
  readonly pieces: string[];
  /** Filled as calls become resumable. */
  readonly resumables: ResumableCall[];
}

export const abortReason = new Error('the caller has gone');
export const callId = 'conformance/step#0/t0/c0/a1/h0';

export const acts = {
  call: (on) => call(on),
  /** A second call of the same provider: nothing of the first may stick to it. */
  callTwice: async (on) => {
    await call(on).catch(() => undefined);
    on.pieces.length = 0;
    return call(on);
  },
  abortedBefore: (on) => call(on, { signal: AbortSignal.abort(abortReason) }),
  abortBeforeHeaders: (on) => {
    const controller = new AbortController();
    void on.stage.arrived().then(() => controller.abort(abortReason));
    return call(on, { signal: controller.signal });
  },
  abortMidStream: (on) => {
    const controller = new AbortController();
    return call(on, { signal: controller.signal, onFirstText: () => controller.abort(abortReason) });
  },
  /** A call that can be resumed. */
  callInBackground: (on) => callInBackground(on),
  /** Whoever was to take note of the call cannot: it must not go on unnoticed. */
  refuseBackground: (on) => callInBackground(on, () => Promise.reject(abortReason)),
  /** The run is cancelled: nobody will pick the call up, so it is ended at the provider too. */
  cancelBackground: async (on) => {
    await callInBackground(on).catch(() => undefined);
    const [resumable] = on.resumables;
    if (resumable === undefined) throw new Error('the call never became resumable');
    await on.provider.cancelResumable?.({ resumable, callId, signal: new AbortController().signal });
    return resume(on);
  },
  /** The first call fails after it became resumable; the act is to resume it. */
  resumeAfterCut: async (on) => {
    await callInBackground(on).catch(() => undefined);
    return resume(on);
  },
  resumeFinished: async (on) => {
    await callInBackground(on);
    return resume(on);
  },
  /** Of a response that was never begun, or that the provider has forgotten. */
  resumeUnknown: (on) => resume(on, { endpoint: on.endpoint, responseId: 'resp_forgotten' }),
} as const satisfies Record<string, (on: Performance) => Promise<ModelAnswer>>;

export type Act = keyof typeof acts;

interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onFirstText?: () => void;
}

function call(on: Performance, { signal, onFirstText }: CallOptions = {}): Promise<ModelAnswer> {
  return on.provider.call({
    request: on.request,
    callId,
    timeouts: on.timeouts,
    signal: signal ?? new AbortController().signal,
    onText: (text) => {
      if (on.pieces.push(text) === 1) onFirstText?.();
    },
  });
}

function callInBackground(on: Performance, note = (): Promise<void> => Promise.resolve()): Promise<ModelAnswer> {
  const { provider, request, timeouts, pieces, resumables } = on;
  return provider.call({
    request,
    callId,
    timeouts,
    signal: new AbortController().signal,
    onText: (text) => void pieces.push(text),
    onResumable: (resumable) => {
      resumables.push(resumable);
      return note();
    },
  });
}

function resume(on: Performance, resumable = on.resumables[0]): Promise<ModelAnswer> {
  const { provider, request, timeouts, pieces } = on;
  if (provider.resume === undefined) throw new Error('the provider cannot resume anything');
  if (resumable === undefined) throw new Error('the call never became resumable');
  pieces.length = 0;
  const signal = new AbortController().signal;
  return provider.resume({ request, callId, timeouts, signal, resumable, onText: (text) => void pieces.push(text) });
}
