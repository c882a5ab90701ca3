/** Puts an answer on the wire piece by piece, and lets a fault break in between two of them. */
import type { FaultSpec } from '../faults/fault';
import type { Exchange } from './exchange';
import { pause } from './pause';

export interface Piece {
  readonly data: string | Uint8Array;
  /** Tokens generated with this piece. */
  readonly tokens: number;
}

const defaultAfterChunks = 3;
const defaultDripMs = 1_000;
const pingEveryMs = 1_000;

/** Answers whether the response is still open, to be closed properly. Rejects when the client leaves. */
export async function sendPieces(
  exchange: Exchange,
  pieces: AsyncIterable<Piece> | Iterable<Piece>,
  fault: FaultSpec | undefined,
): Promise<boolean> {
  const afterChunks = fault?.afterChunks ?? defaultAfterChunks;
  let sent = 0;
  for await (const piece of pieces) {
    if (sent === afterChunks && !(await breakIn(exchange, fault))) return false;
    if (fault?.kind === 'slowDrip') await pause(fault.delayMs ?? defaultDripMs, exchange.signal);
    exchange.generated(piece.tokens);
    exchange.response.write(piece.data);
    sent += 1;
  }
  // An answer shorter than the fault expects is broken before its end: a fault that counts as fired has struck.
  return sent > afterChunks || (await breakIn(exchange, fault));
}

/** Answers whether the answer goes on. */
async function breakIn(exchange: Exchange, fault: FaultSpec | undefined): Promise<boolean> {
  const { response, wire } = exchange;
  if (fault?.kind === 'cutStream') {
    exchange.finish('cut');
    if (fault.how === 'end') response.end();
    else response.socket?.destroySoon();
    return false;
  }
  if (fault?.kind === 'errorEvent') {
    exchange.finish('fault');
    response.end(wire.errorEvent(streamErrorOf(exchange, fault), exchange.requestId));
    return false;
  }
  if (fault?.kind === 'silence') await staySilent(exchange, fault);
  return true;
}

export function streamErrorOf({ wire, endpoint }: Exchange, fault: FaultSpec): ReturnType<typeof wire.errors.ofStatus> {
  return wire.errors.ofStatus(endpoint.settings.provider === 'anthropic' ? 529 : 500, fault.code);
}

async function staySilent(exchange: Exchange, fault: FaultSpec): Promise<void> {
  const { response, wire, signal } = exchange;
  const ping = (): boolean => response.write(wire.keepAlive);
  const timer = fault.pings === true ? setInterval(ping, pingEveryMs) : undefined;
  if (timer !== undefined) ping();
  try {
    await pause(fault.forMs, signal);
  } finally {
    clearInterval(timer);
  }
}
