/** Answers an admitted call: streamed or whole, as generated or as a fault wants it. */
import type { FaultKind } from '../faults/fault-kinds';
import { isResponses } from '../wire/openai/responses';
import type { ProviderError } from '../wire/provider-error';
import type { ModelCall, Piece, WireFormat } from '../wire/wire-format';
import { answerInBackground } from './background';
import { composeAnswer } from './compose-answer';
import { contentTypeOf } from './content-type';
import type { Delivery } from './delivery';
import type { Exchange } from './exchange';
import { generateWhole, paced } from './generate';
import { sendHugeAnswer } from './huge-answer';
import { misshapeBody, misshapePieces } from './misshape';
import { Pacer } from './pacer';
import { pause } from './pause';
import { sendPieces, streamErrorOf } from './send-pieces';
import { substituteFor } from './substitutes';

/** A piece of a whole answer that a fault breaks up. */
const slicePattern = /[^]{1,64}/gu;

/** Rejects when the client leaves. */
export async function answerCall(exchange: Exchange, wire: WireFormat, call: ModelCall): Promise<void> {
  const fault = exchange.strike('answer')?.spec;
  const substitute = fault === undefined ? undefined : substituteFor(fault);
  if (substitute !== undefined) {
    substitute(exchange, call.isStream);
    return;
  }
  const blocked = fault?.kind === 'promptBlocked' ? exchange.errors.promptBlocked?.() : undefined;
  if (blocked !== undefined) throw blocked;
  if (fault?.kind === 'hangBeforeHeaders') await pause(fault.forMs, exchange.signal);
  const { simulation, endpoint, random } = exchange;
  const pacer = new Pacer(endpoint.settings.latency, random, simulation.speed);
  const answer = composeAnswer(exchange, { wire, call, fault });
  const delivery = { exchange, wire, call, answer, pacer, fault };
  if (fault?.kind === 'hugeAnswer') await sendHugeAnswer({ ...delivery, fault }, contentTypeOf(call.isStream));
  else if (call.isBackground && isResponses(wire)) await answerInBackground({ ...delivery, wire });
  else await (call.isStream ? sendStream(delivery) : sendWhole(delivery));
}

async function sendStream({ exchange, wire, call, answer, pacer, fault }: Delivery): Promise<void> {
  if (!wire.opensBeforeFirstToken) await pacer.until(0, exchange.signal);
  exchange.writeHead(200, { 'content-type': contentTypeOf(true, fault), 'cache-control': 'no-cache' });
  const pieces = misshapePieces(paced(wire.stream(answer, call), pacer, exchange.signal), fault);
  const failing =
    fault?.kind === 'failedResponse' && isResponses(wire)
      ? { failedEvent: (error: ProviderError, sent: number) => wire.failedEvent(answer, call, { error, sent }) }
      : {};
  if (!(await sendPieces({ exchange, wire, fault, ...failing }, pieces))) return;
  exchange.finish('answered');
  exchange.response.end();
}

const transportFaults: readonly FaultKind[] = ['cutStream', 'slowDrip', 'silence', 'splitBytes'];

async function sendWhole(delivery: Delivery): Promise<void> {
  const { exchange, wire, call, answer, pacer, fault } = delivery;
  await generateWhole(exchange, answer, pacer);
  const type = contentTypeOf(false, fault);
  if (fault?.kind === 'errorEvent' || fault?.kind === 'failedResponse') {
    exchange.finish('fault');
    const error = streamErrorOf(exchange, fault);
    const isOwn = fault.kind === 'failedResponse' && isResponses(wire);
    const body = isOwn
      ? wire.snapshot(answer, call, { status: 'failed', error })
      : exchange.errors.body(error, exchange.requestId);
    exchange.sendBody(200, { text: JSON.stringify(body), type });
    return;
  }
  const text = misshapeBody(JSON.stringify(wire.json(answer, call)), fault);
  if (fault === undefined || !transportFaults.includes(fault.kind)) {
    exchange.finish('answered');
    exchange.sendBody(200, { text, type });
    return;
  }
  exchange.writeHead(200, { 'content-type': type });
  if (!(await sendPieces({ exchange, wire, fault }, sliced(text)))) return;
  exchange.finish('answered');
  exchange.response.end();
}

/** Between characters, never within one. */
function* sliced(text: string): Generator<Piece> {
  for (const [data] of text.matchAll(slicePattern)) yield { kind: 'content', data, tokens: 0 };
}
