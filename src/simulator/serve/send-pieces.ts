/** Puts an answer on the wire piece by piece, and lets a fault break in between two of them. */
import { setImmediate as turn } from 'node:timers/promises';
import type { FaultSpec } from '../faults/fault';
import type { FaultKind } from '../faults/fault-kinds';
import type { ProviderError } from '../wire/provider-error';
import type { Piece, WireFormat } from '../wire/wire-format';
import { afterChunksOf } from './after-chunks';
import type { Exchange } from './exchange';
import { pause } from './pause';

const defaultDripMs = 1_000;
const pingEveryMs = 1_000;
/** Each ends the answer but silence. */
const breakingFaults: readonly FaultKind[] = ['cutStream', 'errorEvent', 'failedResponse', 'silence'];

interface Sending {
  readonly exchange: Exchange;
  readonly wire: WireFormat;
  readonly fault: FaultSpec | undefined;
  /** The event that ends a response that failed, where the interface has one. `sent` = events before. */
  readonly failedEvent?: (error: ProviderError, sent: number) => string;
}

/** Answers whether the response is still open, to be closed properly. Rejects when the client leaves. */
export async function sendPieces(sending: Sending, pieces: AsyncIterable<Piece> | Iterable<Piece>): Promise<boolean> {
  const { exchange, fault } = sending;
  const afterChunks = afterChunksOf(fault);
  let isDue = fault !== undefined && breakingFaults.includes(fault.kind);
  let content = 0;
  let events = 0;
  const strikesNow = (): boolean => {
    const strikes = isDue;
    isDue = false;
    return strikes;
  };
  for await (const piece of pieces) {
    // An answer shorter than the fault expects is broken before its end: a fault that counts as fired has struck.
    const isPlace = piece.kind === 'content' ? content === afterChunks : piece.kind === 'ending';
    if (isPlace && strikesNow() && !(await breakIn(sending, events))) return false;
    if (piece.kind === 'ending') exchange.finish('answered');
    exchange.generated(piece.tokens);
    if (piece.data === '') continue;
    if (fault?.kind === 'slowDrip' && piece.kind === 'content') {
      await pause(fault.delayMs ?? defaultDripMs, exchange.signal);
    }
    await write(sending, piece.data);
    events += 1;
    content += piece.kind === 'content' ? 1 : 0;
  }
  return !strikesNow() || (await breakIn(sending, events));
}

async function write({ exchange, fault }: Sending, data: string): Promise<void> {
  const { response } = exchange;
  if (fault?.kind === 'crlf') response.write(data.replaceAll('\n', '\r\n'));
  else if (fault?.kind !== 'splitBytes') response.write(data);
  else {
    for (const byte of Buffer.from(data)) {
      response.write(Uint8Array.of(byte));
      // Otherwise Node, the socket and the client would each put them together again.
      await turn(undefined, { signal: exchange.signal });
    }
  }
}

/** Answers whether the answer goes on. */
async function breakIn(sending: Sending, events: number): Promise<boolean> {
  const { exchange, fault } = sending;
  const { response } = exchange;
  if (fault?.kind === 'silence') {
    await staySilent(sending, fault);
    return true;
  }
  if (fault?.kind === 'cutStream') {
    exchange.finish('cut');
    if (fault.how === 'end') response.end();
    else response.socket?.destroySoon();
  } else if (fault !== undefined) {
    exchange.finish('fault');
    response.end(errorEventOf(sending, streamErrorOf(exchange, fault), events));
  }
  return false;
}

function errorEventOf({ exchange, wire, failedEvent }: Sending, error: ProviderError, sent: number): string {
  const { errors, requestId } = exchange;
  return failedEvent?.(error, sent) ?? wire.errorEvent(error, { errors, requestId, sent });
}

/** What breaks out in the middle of a stream: the provider is overloaded, or has a defect. */
export function streamErrorOf({ endpoint, errors }: Exchange, fault: FaultSpec): ProviderError {
  const statuses = { openai: 500, 'azure-openai': 500, anthropic: 529, gemini: 503 } as const;
  return errors.ofStatus(statuses[endpoint.settings.provider], fault.code);
}

async function staySilent({ exchange, wire }: Sending, fault: FaultSpec): Promise<void> {
  const { response, signal } = exchange;
  const ping = (): boolean => response.write(wire.keepAlive);
  const timer = fault.pings === true ? setInterval(ping, pingEveryMs) : undefined;
  if (timer !== undefined) ping();
  try {
    await pause(fault.forMs, signal);
  } finally {
    clearInterval(timer);
  }
}
