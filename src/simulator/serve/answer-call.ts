/** Answers an admitted call: streamed or whole, as generated or as a fault wants it. */
import type { FaultKind, FaultSpec } from '../faults/fault';
import type { Answer, ModelCall } from '../wire/wire-format';
import { composeAnswer } from './compose-answer';
import type { Exchange } from './exchange';
import { Pacer } from './pacer';
import { pause } from './pause';
import { sendPieces, streamErrorOf } from './send-pieces';
import type { Piece } from './send-pieces';
import { sendStatusFault } from './status-fault';

const streamType = 'text/event-stream; charset=utf-8';
const gatewayPage =
  '<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>';
/** Bytes per piece of a whole answer that a fault breaks up. */
const sliceBytes = 64;
/** Tokens of a whole answer that are charged in one go while it is generated. */
const countedAtOnce = 64;

interface Delivery {
  readonly exchange: Exchange;
  readonly answer: Answer;
  readonly pacer: Pacer;
  readonly fault: FaultSpec | undefined;
}

/** Rejects when the client leaves. */
export async function answerCall(exchange: Exchange, call: ModelCall): Promise<void> {
  const fault = exchange.strike('answer')?.spec;
  const substitute = fault === undefined ? undefined : substitutes[fault.kind];
  if (fault !== undefined && substitute !== undefined) {
    substitute(exchange, call, fault);
    return;
  }
  if (fault?.kind === 'hangBeforeHeaders') await pause(fault.forMs, exchange.signal);
  const { simulation, endpoint, random } = exchange;
  const pacer = new Pacer(endpoint.settings.latency, random, simulation.speed);
  const delivery = { exchange, answer: composeAnswer(exchange, call, fault), pacer, fault };
  await (call.isStream ? sendStream(delivery, call.includesUsage) : sendWhole(delivery));
}

type Substitute = (exchange: Exchange, call: ModelCall, fault: FaultSpec) => void;

/** Faults that put something else in the answer's place. */
const substitutes: Partial<Record<FaultKind, Substitute>> = {
  status: (exchange, _call, fault) => sendStatusFault(exchange, fault),
  emptyBody: (exchange, call) => {
    exchange.finish('fault');
    exchange.sendBody(200, { text: '', type: call.isStream ? streamType : 'application/json' });
  },
  html: (exchange, _call, fault) => {
    exchange.finish('fault');
    exchange.sendBody(fault.status ?? 200, { text: gatewayPage, type: 'text/html' });
  },
};

async function sendStream(delivery: Delivery, includesUsage: boolean): Promise<void> {
  const { exchange, answer, pacer, fault } = delivery;
  const { wire, response } = exchange;
  if (!wire.opensBeforeFirstToken) await pacer.until(0, exchange.signal);
  exchange.writeHead(200, { 'content-type': streamType, 'cache-control': 'no-cache' });
  response.write(wire.opening(answer));
  if (!(await sendPieces(exchange, generate(delivery), fault))) return;
  exchange.finish('answered');
  response.end(wire.closing(answer, includesUsage));
}

async function* generate({ exchange, answer, pacer }: Delivery): AsyncGenerator<Piece> {
  const { wire, signal } = exchange;
  const { tokens } = answer;
  for (let start = 0; start < tokens.length; start += wire.tokensPerChunk) {
    const chunk = tokens.slice(start, start + wire.tokensPerChunk);
    await pacer.until(start + chunk.length - 1, signal);
    yield { data: wire.delta(answer, chunk.join('')), tokens: chunk.length };
  }
}

const transportFaults: readonly FaultKind[] = ['cutStream', 'slowDrip', 'silence'];

async function sendWhole(delivery: Delivery): Promise<void> {
  const { exchange, answer, fault } = delivery;
  await generateWhole(delivery);
  const type = 'application/json';
  if (fault?.kind === 'errorEvent') {
    exchange.finish('fault');
    const body = exchange.wire.errors.body(streamErrorOf(exchange, fault), exchange.requestId);
    exchange.sendBody(200, { text: JSON.stringify(body), type });
    return;
  }
  const text = JSON.stringify(exchange.wire.json(answer));
  if (fault === undefined || !transportFaults.includes(fault.kind)) {
    exchange.finish('answered');
    exchange.sendBody(200, { text, type });
    return;
  }
  exchange.writeHead(200, { 'content-type': type });
  if (!(await sendPieces(exchange, sliced(text), fault))) return;
  exchange.finish('answered');
  exchange.response.end();
}

/** Lets the time of the whole answer pass and counts its tokens meanwhile, when the client leaves as far as it came. */
async function generateWhole({ exchange, answer, pacer }: Delivery): Promise<void> {
  const total = answer.tokens.length;
  const { entry, signal } = exchange;
  await pacer.until(0, signal);
  exchange.generated(Math.min(1, total));
  try {
    while (entry.outputTokens < total) {
      const tokens = Math.min(countedAtOnce, total - entry.outputTokens);
      await pacer.until(entry.outputTokens + tokens - 1, signal);
      exchange.generated(tokens);
    }
  } catch (error) {
    exchange.generated(Math.max(0, Math.min(pacer.due(), total) - entry.outputTokens));
    throw error;
  }
}

function* sliced(text: string): Generator<Piece> {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += sliceBytes) {
    yield { data: bytes.subarray(start, start + sliceBytes), tokens: 0 };
  }
}
