/** One request about a batch: no retry, our own transport, and whatever goes wrong as one class of the catalogue. */
import type { EndpointSettings } from '../contracts/settings';
import { HoldfastError } from '../errors/holdfast-error';
import { explainError } from './explain-failure';
import type { Classifier } from './explain-failure';
import { failureOf } from './failure';
import type { FailureFacts } from './failure';
import { createHttpFetch } from './http-fetch';
import type { Fetch } from './http-fetch';
import type { BatchContext, BatchLine } from './batch-provider';
import { readLines } from './read-lines';
import { requestHeadersOf } from './request-headers';

/** To the headers of the answer: an upload of 200 MB takes its time. */
const longestRequestMs = 10 * 60_000;

export interface Asking {
  readonly fetch: Fetch;
  readonly options: {
    readonly signal: AbortSignal;
    readonly headers: Record<string, string>;
    readonly timeout: number;
  };
}

const document = {
  onSent: () => undefined,
  onBytes: () => undefined,
  onEnd: () => undefined,
  isOver: () => false,
  isDocument: true,
} as const;

/** Throws `HoldfastError`; when the context's signal aborted, its reason. */
export async function askBatches<T>(
  { endpoint, classifier, context }: BatchAsking,
  ask: (asking: Asking) => Promise<T>,
): Promise<T> {
  const { signal, callId } = context;
  signal.throwIfAborted();
  const options = { signal, headers: requestHeadersOf(callId), timeout: longestRequestMs };
  try {
    return await ask({ fetch: createHttpFetch(document), options });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof HoldfastError) throw error;
    throw failureOf(endpoint, {}, explainError(classifier, error));
  }
}

export interface BatchAsking {
  readonly endpoint: EndpointSettings;
  readonly classifier: Classifier;
  readonly context: BatchContext;
}

/** Lines of a body that was asked for: a connection that breaks on the way breaks like any other request. */
export async function* linesOf(asking: BatchAsking, body: Response['body']): AsyncGenerator<BatchLine> {
  const lines = readLines(body);
  for (;;) {
    const next = await askBatches(asking, () => lines.next());
    if (next.done === true) return;
    yield next.value;
  }
}

/** For a cancellation: the batch is over, or gone, and there is nothing left to cancel. */
export function unlessOver(error: unknown): void {
  const { status = 0 } = error instanceof HoldfastError ? error.details : {};
  if (![400, 404, 409].includes(status)) throw error;
}

/** A success without what every success has: a gateway's page, or another server altogether. */
const unexpected: FailureFacts = {
  type: 'Llm.ServerError',
  what: 'answered with something that is no batch',
  code: 'unexpected_body',
};

export function idOf(endpoint: EndpointSettings, value: unknown): string {
  if (typeof value === 'string' && /^[\w-]{1,128}$/.test(value)) return value;
  throw failureOf(endpoint, {}, unexpected);
}

/** Our clock and the provider's may differ by this much. */
export const clockSkewMs = 10 * 60_000;
/** An account with more batches than this in a few minutes is not searched to its end. */
export const mostListed = 1_000;
