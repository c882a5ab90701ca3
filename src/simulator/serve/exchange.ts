/** One request with its response, its line in the ledger and what can still happen to both. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BatchError } from '../batch/batch-job';
import type { Endpoint } from '../endpoint';
import type { HeaderValue } from '../faults/fault';
import type { FaultPhase } from '../faults/fault-kinds';
import type { Strike } from '../faults/fault-board';
import type { CallOutcome, LedgerEntry } from '../ledger';
import type { Claim } from '../limits';
import { createRandom } from '../random';
import type { Random } from '../random';
import type { Simulation } from '../simulation';
import type { ErrorFormat, ProviderError } from '../wire/provider-error';
import { isBatchRoute } from '../wire/provider';
import type { Provider, Route } from '../wire/provider';

export interface HttpPair {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The path is what follows the endpoint's name. */
export interface ReceivedRequest extends HttpPair {
  readonly path: string;
  readonly query: URLSearchParams;
}

export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly provider: Provider;
  /** What the path asks for; absent = it is none of the provider's. */
  readonly route: Route | undefined;
  readonly random: Random;
  readonly requestId: string;
  readonly entry: LedgerEntry;
  /** Set once the limits have let the call in. */
  claim?: Claim;
  private readonly gone = new AbortController();
  private isDetached = false;

  constructor(
    readonly simulation: Simulation,
    readonly endpoint: Endpoint,
    { request, response, path, query }: ReceivedRequest,
  ) {
    this.request = request;
    this.response = response;
    this.path = path;
    this.query = query;
    this.provider = endpoint.provider;
    this.route = this.provider.route({ method: request.method ?? '', path, query });
    this.random = createRandom(simulation.seed, endpoint.settings.name, endpoint.nextArrival());
    this.requestId = this.provider.newRequestId(this.random.hex(24));
    this.entry = openEntry(this);
    // Every end of the response comes by here; only one before the answer was complete means that the client left.
    response.once('close', () => {
      if (!response.writableFinished) this.finish('aborted');
      this.gone.abort();
    });
  }

  /** Aborts when nobody listens any more. */
  get signal(): AbortSignal {
    return this.gone.signal;
  }

  get errors(): ErrorFormat {
    return this.provider.errors;
  }

  /** The call goes on whatever becomes of this connection: from now on only `conclude` ends it. */
  detach(): void {
    this.isDetached = true;
  }

  /** Records the end. The first outcome stands: what happens to the socket afterwards is its consequence. */
  finish(outcome: Exclude<CallOutcome, 'running'>): void {
    if (!this.isDetached) this.conclude(outcome);
  }

  conclude(outcome: Exclude<CallOutcome, 'running'>): void {
    const { entry } = this;
    if (entry.outcome !== 'running') return;
    entry.outcome = outcome;
    entry.endedAt = this.simulation.clock.now();
    const isPartlyGenerated = (outcome === 'aborted' || outcome === 'cut') && entry.firstTokenAt !== undefined;
    entry.billed = entry.operation === 'create' && (outcome === 'answered' || isPartlyGenerated);
  }

  /** Counts tokens as generated, also against the limits; the first one stamps the time. */
  generated(tokens: number): void {
    if (tokens > 0) this.entry.firstTokenAt ??= this.simulation.clock.now();
    this.entry.outputTokens += tokens;
    if (this.claim !== undefined) this.endpoint.limiter.generate(this.claim, tokens);
  }

  /** Takes the fault that strikes now, if any, and notes it in the ledger. */
  strike(phase: FaultPhase): Strike | undefined {
    const strike = this.simulation.faults.take(this.entry, phase);
    if (strike !== undefined) this.entry.faultId ??= strike.id;
    return strike;
  }

  /** What is to become of the batch that this request submits. */
  strikeBatch(): { readonly failed?: readonly BatchError[]; readonly expiresAfterShare?: number } {
    const { kind, code = 'invalid_json_line', line, share = 0.5 } = this.strike('batch')?.spec ?? {};
    if (kind === 'batchExpired') return { expiresAfterShare: share };
    if (kind !== 'batchFailed') return {};
    return { failed: [{ code, message: 'The batch was refused.', ...(line !== undefined && { line }) }] };
  }

  /** Sends status and headers: the provider's own, then `extra`, then a fault's; `null` takes one away. */
  writeHead(status: number, extra: Readonly<Record<string, HeaderValue>>): void {
    const { limiter, limitHeaders } = this.endpoint;
    const nowMs = this.simulation.clock.now();
    const fault = this.strike('headers')?.spec;
    const headers: Record<string, HeaderValue> = {
      [this.provider.requestIdHeader]: this.requestId,
      ...limitHeaders.ofState(limiter.read(nowMs), nowMs),
      ...extra,
      ...(fault?.kind === 'absurdHeaders' ? absurdHeaders(limitHeaders.names) : fault?.headers),
    };
    for (const [name, value] of Object.entries(headers)) {
      if (value !== null) this.response.setHeader(name, value);
    }
    this.entry.status = status;
    this.response.writeHead(status);
  }

  sendBody(status: number, body: { text: string; type: string }, extra: Record<string, HeaderValue> = {}): void {
    const length = String(Buffer.byteLength(body.text));
    this.writeHead(status, { 'content-type': body.type, 'content-length': length, ...extra });
    this.response.end(body.text);
  }

  sendError(error: ProviderError): void {
    const text = JSON.stringify(this.errors.body(error, this.requestId));
    const { retryInMs } = error;
    const retry = Number.isFinite(retryInMs) ? this.endpoint.limitHeaders.ofRetry(retryInMs) : {};
    this.sendBody(error.status, { text, type: 'application/json' }, retry);
  }
}

const absurdValues = ['-1', 'NaN', '1e309', '99999999999999999999999', '', '0x10', '-3m', 'never', 'Infinity'];

/** The limit headers of a style, each with another absurd value, and hints how long to wait, one of them twice. */
function absurdHeaders(names: readonly string[]): Record<string, HeaderValue> {
  const limits = names.map((name, index) => [name, absurdValues[index % absurdValues.length] ?? ''] as const);
  return { ...Object.fromEntries(limits), 'retry-after': ['-5', 'NaN'], 'retry-after-ms': '-1e9' };
}

function openEntry({ simulation, endpoint, request, provider, route }: Exchange): LedgerEntry {
  const key = provider.keyOf(request.headers);
  const callId = request.headers['x-client-request-id'];
  const retryCount = request.headers['x-stainless-retry-count'];
  return simulation.ledger.open({
    endpoint: endpoint.settings.name,
    provider: endpoint.settings.provider,
    operation: route?.operation ?? 'create',
    receivedAt: simulation.clock.now(),
    ...(route !== undefined && 'wire' in route && { interface: route.wire.name }),
    ...(route !== undefined && 'responseId' in route && { responseId: route.responseId }),
    ...(route !== undefined && isBatchRoute(route) && route.id !== undefined && { batchId: route.id }),
    ...(key === undefined ? {} : { apiKey: createHash('sha256').update(key).digest('hex').slice(0, 12) }),
    ...(typeof callId === 'string' ? { callId } : {}),
    ...(typeof retryCount === 'string' ? { retryCount: Number(retryCount) } : {}),
  });
}
