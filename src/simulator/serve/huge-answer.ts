/** The fault `hugeAnswer`: as many bytes as it says, at the speed at which the client reads them. */
import { once } from 'node:events';
import type { FaultSpec } from '../faults/fault';
import type { Answer } from '../wire/answer';
import type { ModelCall, Piece, WireFormat } from '../wire/wire-format';
import type { Exchange } from './exchange';

const defaultBytes = 100 * 1_024 * 1_024;
/** Text of one piece, and what it is put together from. */
const block = 'There is always more to say about this. '.repeat(1_600);

interface HugeAnswer {
  readonly exchange: Exchange;
  readonly wire: WireFormat;
  readonly call: ModelCall;
  readonly answer: Answer;
  readonly fault: FaultSpec;
}

export async function sendHugeAnswer({ exchange, wire, call, answer, fault }: HugeAnswer, type: string): Promise<void> {
  const { response } = exchange;
  // One token that is a whole block: what is between its first and last byte is said over and over.
  const said: Answer = { ...answer, tokens: [block], toolCalls: [] };
  const pieces = call.isStream ? wire.stream(said, call) : split(JSON.stringify(wire.json(said, call)));
  exchange.writeHead(200, { 'content-type': type });
  for (const piece of pieces) {
    if (piece.kind === 'ending') exchange.finish('answered');
    exchange.generated(piece.tokens);
    const times = piece.kind === 'content' ? Math.ceil((fault.bytes ?? defaultBytes) / piece.data.length) : 1;
    for (let sent = 0; sent < times; sent += 1) {
      if (!response.write(piece.data)) await once(response, 'drain', { signal: exchange.signal });
    }
  }
  exchange.finish('answered');
  response.end();
}

/** A body around the text of its answer. */
function split(body: string): readonly Piece[] {
  const start = body.indexOf(block);
  const end = start + block.length;
  return [
    { kind: 'frame', data: body.slice(0, start), tokens: 0 },
    { kind: 'content', data: block, tokens: 1 },
    { kind: 'ending', data: body.slice(end), tokens: 0 },
  ];
}
