/** What the model says to a call, or what a fault makes it say. */
import type { FaultKind, FaultSpec } from '../faults/fault';
import { splitTokens } from '../tokenizer';
import type { Answer, ModelCall } from '../wire/wire-format';
import { writeAnswer } from '../writing/write-answer';
import type { Exchange } from './exchange';

const refusalText = "I'm sorry, but I can't help with that request.";
/** A content filter strikes after this share of the answer. */
const filteredShare = 0.25;

export function composeAnswer(exchange: Exchange, call: ModelCall, fault: FaultSpec | undefined): Answer {
  const { simulation, wire, random } = exchange;
  // The words hang on the seed and the request alone: the same question gets the same answer on any endpoint.
  const { model, instructions, messages, schema } = call;
  const seed = JSON.stringify([simulation.seed, model, instructions, messages, schema ?? null]);
  const written = splitTokens(writeAnswer(call, seed));
  const isCut = written.length > call.outputLimit;
  const answer: Answer = {
    id: wire.newAnswerId(random.hex(24)),
    model: call.model,
    createdAtMs: simulation.clock.now(),
    tokens: isCut ? written.slice(0, call.outputLimit) : written,
    finish: isCut ? call.limitFinish : 'stop',
    inputTokens: call.inputTokens,
    hidesUsage: false,
    isEmpty: false,
  };
  return fault === undefined ? answer : { ...answer, ...spoilers[fault.kind]?.(answer, fault) };
}

/** What faults change about a good answer. */
const spoilers: Partial<Record<FaultKind, (answer: Answer, fault: FaultSpec) => Partial<Answer>>> = {
  emptyAnswer: () => ({ tokens: [], isEmpty: true }),
  invalidJson: ({ tokens }, { text }) => ({ tokens: text === undefined ? firstShare(tokens, 0.5) : splitTokens(text) }),
  missingUsage: () => ({ hidesUsage: true }),
  contentFilter: ({ tokens }) => ({ tokens: firstShare(tokens, filteredShare), finish: 'contentFilter' }),
  refusal: () => ({ tokens: splitTokens(refusalText), finish: 'refusal' }),
  stopReason: (_answer, { reason }) => (reason === undefined ? {} : { rawReason: reason }),
};

function firstShare(tokens: readonly string[], share: number): readonly string[] {
  return tokens.slice(0, Math.ceil(tokens.length * share));
}
