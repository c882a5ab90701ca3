/** Answers one request of a batch: beside all limits of the endpoint, at once, and with a line of its own in the ledger. */
import type { Endpoint } from '../endpoint';
import type { FaultSpec } from '../faults/fault';
import type { LedgerEntry } from '../ledger';
import { createRandom } from '../random';
import { composeAnswer } from '../serve/compose-answer';
import type { Simulation } from '../simulation';
import { outputTokensOf } from '../wire/answer';
import { ProviderError } from '../wire/provider-error';
import type { ModelCall, RequestHeaders, WireFormat } from '../wire/wire-format';

export interface ItemContext {
  readonly simulation: Simulation;
  readonly endpoint: Endpoint;
  readonly wire: WireFormat;
  /** Of the request that submitted the batch. */
  readonly headers: RequestHeaders;
  readonly apiKey?: string | undefined;
  readonly batchId: string;
}

export type ItemAnswer =
  | { readonly kind: 'answered'; readonly body: unknown; readonly requestId: string; readonly fault?: FaultSpec }
  | { readonly kind: 'failed'; readonly status: number; readonly body: unknown; readonly requestId: string };

/** Throws `ProviderError` for what the provider refuses. */
export function readItem({ endpoint, wire, headers }: ItemContext, body: unknown): ModelCall {
  return wire.parse(body, endpoint, { headers, errors: endpoint.provider.errors });
}

export function runItem(context: ItemContext, { customId, body }: { customId: string; body: unknown }): ItemAnswer {
  const { simulation, endpoint, wire, batchId, apiKey } = context;
  const { name, provider: kind, batch } = endpoint.settings;
  const random = createRandom(simulation.seed, name, batchId, customId);
  const requestId = endpoint.provider.newRequestId(random.hex(24));
  const entry = simulation.ledger.open({
    endpoint: name,
    provider: kind,
    operation: 'create',
    interface: wire.name,
    callId: customId,
    batchId,
    receivedAt: simulation.clock.now(),
    ...(apiKey !== undefined && { apiKey }),
  });
  const strike = takeFault(simulation, name);
  if (strike !== undefined) entry.faultId = strike.id;
  const fault = strike?.spec;
  try {
    const call = readItem(context, body);
    Object.assign(entry, { model: call.model, inputTokens: call.inputTokens });
    if (fault?.kind === 'status') throw endpoint.provider.errors.ofStatus(fault.status ?? 500, fault.code);
    if (random.next() < batch.failShare) throw endpoint.provider.errors.ofStatus(500);
    const answer = composeAnswer({ simulation, random }, { wire, call, fault });
    end(entry, { outcome: 'answered', status: 200, now: simulation.clock.now() });
    Object.assign(entry, { outputTokens: outputTokensOf(answer), billed: true });
    return { kind: 'answered', body: wire.json(answer, call), requestId, ...(fault && { fault }) };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const isFault = error.status >= 500 || fault !== undefined;
    end(entry, { outcome: isFault ? 'fault' : 'rejected', status: error.status, now: simulation.clock.now() });
    return { kind: 'failed', status: error.status, body: endpoint.provider.errors.body(error, requestId), requestId };
  }
}

function takeFault(simulation: Simulation, endpoint: string): ReturnType<Simulation['faults']['take']> {
  const struck = { endpoint, operation: 'batchItem' } as const;
  return simulation.faults.take(struck, 'request') ?? simulation.faults.take(struck, 'answer');
}

function end(
  entry: LedgerEntry,
  { outcome, status, now }: { outcome: 'answered' | 'rejected' | 'fault'; status: number; now: number },
): void {
  Object.assign(entry, { outcome, status, firstTokenAt: now, endedAt: now });
}

const garbage = '{"id": "batch_req_cut", "custom_id": "';
const defaultHugeBytes = 100 * 1024 * 1024;

/** A good line, or what a fault makes of it; undefined: lost. */
export function spoiledLine(line: string, fault: FaultSpec | undefined): string | undefined {
  if (fault?.kind === 'malformedEvent') return garbage;
  if (fault?.kind === 'emptyBody') return undefined;
  if (fault?.kind !== 'hugeAnswer') return line;
  return line.slice(0, -1) + ' '.repeat(fault.bytes ?? defaultHugeBytes) + line.slice(-1);
}
