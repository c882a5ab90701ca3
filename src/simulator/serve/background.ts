/** A call in background mode: the answer is generated whether anybody listens or not, and paid for once. */
import type { FaultSpec } from '../faults/fault';
import type { FaultKind } from '../faults/fault-kinds';
import type { ResponsesFormat } from '../wire/openai/responses';
import { afterChunksOf } from './after-chunks';
import { contentTypeOf } from './content-type';
import type { Delivery } from './delivery';
import type { Exchange } from './exchange';
import { paced } from './generate';
import { misshapePieces } from './misshape';
import { keptMs } from './response-store';
import { sendPieces, streamErrorOf } from './send-pieces';
import { StoredResponse } from './stored-response';

/** Faults that break the answer itself, and not the connection of who began it. */
const failures: readonly FaultKind[] = ['errorEvent', 'failedResponse'];

/** Resolves when the answer is generated, however the connection ended. */
export async function answerInBackground(delivery: Delivery<ResponsesFormat>): Promise<void> {
  const { exchange, wire, call, answer } = delivery;
  const nowMs = exchange.simulation.clock.now();
  const stored = new StoredResponse({ wire, answer, call, expiresAtMs: nowMs + keptMs });
  exchange.endpoint.responses.add(stored, nowMs);
  exchange.entry.responseId = stored.id;
  exchange.detach();
  await Promise.all([generate(delivery, stored), answerClient(delivery, stored)]);
}

async function answerClient(delivery: Delivery<ResponsesFormat>, stored: StoredResponse): Promise<void> {
  const { exchange, wire, call, fault } = delivery;
  if (!call.isStream) {
    exchange.sendBody(200, { text: JSON.stringify(stored.read()), type: 'application/json' });
    return;
  }
  const onConnection = fault !== undefined && failures.includes(fault.kind) ? undefined : fault;
  // That the client has left ends nothing: the answer is still being generated.
  await sendEvents({ exchange, wire, fault: onConnection }, stored, 0).catch(() => undefined);
}

async function generate(delivery: Delivery<ResponsesFormat>, stored: StoredResponse): Promise<void> {
  const { exchange, wire, call, answer, pacer, fault } = delivery;
  const failure = fault !== undefined && failures.includes(fault.kind) ? fault : undefined;
  let content = 0;
  try {
    for await (const piece of paced(wire.stream(answer, call), pacer, stored.signal)) {
      const isPlace = piece.kind === 'content' ? content === afterChunksOf(failure) : piece.kind === 'ending';
      if (failure !== undefined && isPlace) {
        stored.fail(streamErrorOf(exchange, failure));
        exchange.conclude('fault');
        return;
      }
      exchange.generated(piece.tokens);
      if (piece.kind === 'ending') exchange.conclude('answered');
      stored.add(piece);
      content += piece.kind === 'content' ? 1 : 0;
    }
  } catch (error) {
    if (!stored.signal.aborted) throw error;
    exchange.conclude('aborted');
  }
}

export interface Following {
  readonly exchange: Exchange;
  readonly wire: ResponsesFormat;
  readonly fault: FaultSpec | undefined;
}

/** The events of a response from this number on. Rejects when the client leaves. */
export async function sendEvents(following: Following, stored: StoredResponse, from: number): Promise<void> {
  const { exchange, fault } = following;
  exchange.writeHead(200, { 'content-type': contentTypeOf(true, fault), 'cache-control': 'no-cache' });
  if (!(await sendPieces(following, misshapePieces(stored.follow(from, exchange.signal), fault)))) return;
  exchange.finish('answered');
  exchange.response.end();
}
