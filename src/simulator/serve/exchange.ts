/** One request with its response, its line in the ledger and what can still happen to both. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Endpoint } from '../endpoint';
import type { Strike } from '../faults/fault-board';
import type { CallOutcome, LedgerEntry } from '../ledger';
import type { Claim } from '../limits';
import { createRandom } from '../random';
import type { Random } from '../random';
import type { Simulation } from '../simulation';
import type { ProviderError } from '../wire/provider-error';
import type { WireFormat } from '../wire/wire-format';

export interface HttpPair {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly wire: WireFormat;
  readonly random: Random;
  readonly requestId: string;
  readonly entry: LedgerEntry;
  /** Set once the limits have let the call in. */
  claim?: Claim;
  private readonly gone = new AbortController();

  constructor(
    readonly simulation: Simulation,
    readonly endpoint: Endpoint,
    { request, response }: HttpPair,
  ) {
    this.request = request;
    this.response = response;
    this.wire = endpoint.wire;
    this.random = createRandom(simulation.seed, endpoint.settings.name, endpoint.nextArrival());
    this.requestId = this.wire.newRequestId(this.random.hex(24));
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

  /** Records the end. The first outcome stands: what happens to the socket afterwards is its consequence. */
  finish(outcome: Exclude<CallOutcome, 'running'>): void {
    if (this.entry.outcome !== 'running') return;
    this.entry.outcome = outcome;
    this.entry.endedAt = this.simulation.clock.now();
    const isPartlyGenerated = (outcome === 'aborted' || outcome === 'cut') && this.entry.firstTokenAt !== undefined;
    this.entry.billed = outcome === 'answered' || isPartlyGenerated;
  }

  /** Counts tokens as generated, also against the limits; the first one stamps the time. */
  generated(tokens: number): void {
    if (tokens > 0) this.entry.firstTokenAt ??= this.simulation.clock.now();
    this.entry.outputTokens += tokens;
    if (this.claim !== undefined) this.endpoint.limiter.generate(this.claim, tokens);
  }

  /** Takes the fault that strikes now, if any, and notes it in the ledger. */
  strike(phase: Parameters<Simulation['faults']['take']>[1]): Strike | undefined {
    const strike = this.simulation.faults.take(this.endpoint.settings.name, phase);
    if (strike !== undefined) this.entry.faultId ??= strike.id;
    return strike;
  }

  /** Sends status and headers: the provider's own, then `extra`, then a fault's; `null` takes one away. */
  writeHead(status: number, extra: Readonly<Record<string, string | null>>): void {
    const { limiter, limitHeaders } = this.endpoint;
    const nowMs = this.simulation.clock.now();
    const overrides = this.strike('headers')?.spec.headers ?? {};
    const headers = {
      [this.wire.requestIdHeader]: this.requestId,
      ...limitHeaders.ofState(limiter.read(nowMs), nowMs),
      ...extra,
      ...overrides,
    };
    for (const [name, value] of Object.entries(headers)) {
      if (value !== null) this.response.setHeader(name, value);
    }
    this.entry.status = status;
    this.response.writeHead(status);
  }

  sendBody(status: number, body: { text: string; type: string }, extra: Record<string, string | null> = {}): void {
    const length = String(Buffer.byteLength(body.text));
    this.writeHead(status, { 'content-type': body.type, 'content-length': length, ...extra });
    this.response.end(body.text);
  }

  sendError(error: ProviderError): void {
    const text = JSON.stringify(this.wire.errors.body(error, this.requestId));
    const { retryInMs } = error;
    const retry = Number.isFinite(retryInMs) ? this.endpoint.limitHeaders.ofRetry(retryInMs) : {};
    this.sendBody(error.status, { text, type: 'application/json' }, retry);
  }
}

function openEntry({ simulation, endpoint, request, wire }: Exchange): LedgerEntry {
  const key = wire.keyOf(request.headers);
  const callId = request.headers['x-client-request-id'];
  const retryCount = request.headers['x-stainless-retry-count'];
  return simulation.ledger.open({
    endpoint: endpoint.settings.name,
    provider: endpoint.settings.provider,
    receivedAt: simulation.clock.now(),
    ...(key === undefined ? {} : { apiKey: createHash('sha256').update(key).digest('hex').slice(0, 12) }),
    ...(typeof callId === 'string' ? { callId } : {}),
    ...(typeof retryCount === 'string' ? { retryCount: Number(retryCount) } : {}),
  });
}
