/** What the model says to a call, or what a fault makes it say. */
import type { FaultSpec } from '../faults/fault';
import type { FaultKind } from '../faults/fault-kinds';
import type { Random } from '../random';
import { splitTokens } from '../tokenizer';
import { outputTokensOf } from '../wire/answer';
import type { Answer, AnswerToolCall } from '../wire/answer';
import type { ModelCall, WireFormat } from '../wire/wire-format';
import { writeAnswer } from '../writing/write-answer';
import { writeToolCall } from '../writing/write-tool-call';
import type { WrittenToolCall } from '../writing/write-tool-call';
import type { Exchange } from './exchange';

const refusalText = "I'm sorry, but I can't help with that request.";
/** A content filter strikes after this share of the answer, and so does the cap of the fault `maxTokens`. */
const cutShare = 0.25;
const cachedShare = 0.5;
/** Between words, where it stays in JSON text as in prose: a NUL byte and a half of a surrogate pair from either side. */
const oddCharacters = '\u0000\ud83d \udc4d';

export interface Composing {
  readonly wire: WireFormat;
  readonly call: ModelCall;
  readonly fault: FaultSpec | undefined;
}

export function composeAnswer(
  exchange: Pick<Exchange, 'simulation' | 'random'>,
  { wire, call, fault }: Composing,
): Answer {
  const { simulation, random } = exchange;
  // The words hang on the seed and the request alone: the same question gets the same answer on any endpoint.
  const { model, instructions, messages, schema } = call;
  const seed = JSON.stringify([simulation.seed, model, instructions, messages, schema ?? null]);
  const id = wire.newAnswerId(random.hex(24));
  const written = writeToolCall(call, seed);
  const toolCalls = written === undefined ? [] : [toolCallOf(written, wire.newToolCallId(random.hex(24)))];
  const answer: Answer = {
    id,
    model,
    createdAtMs: simulation.clock.now(),
    tokens:
      written === undefined && call.embedding === undefined
        ? splitTokens(simulation.knownAnswers.answerTo(call, { model, seed }) ?? writeAnswer(call, seed))
        : [],
    toolCalls,
    reasoningTokens: call.reasoningTokens,
    finish: written === undefined ? 'stop' : 'toolCalls',
    inputTokens: call.inputTokens,
    cachedTokens: 0,
    hidesUsage: false,
    isEmpty: false,
    isBlocked: false,
  };
  const said = capAnswer(answer, call);
  return fault === undefined ? said : { ...said, ...spoilers[fault.kind]?.(said, fault, { wire, call, random }) };
}

/** Cut where it reaches its limit: first the reasoning counts, then the text, then what the tools are called with. */
function capAnswer(answer: Answer, { outputLimit, limitFinish }: ModelCall): Answer {
  if (outputTokensOf(answer) <= outputLimit) return answer;
  let left = outputLimit;
  const take = (tokens: readonly string[]): readonly string[] => {
    const taken = tokens.slice(0, left);
    left -= taken.length;
    return taken;
  };
  const reasoningTokens = Math.min(answer.reasoningTokens, left);
  left -= reasoningTokens;
  const tokens = take(answer.tokens);
  const toolCalls = answer.toolCalls.map((call) => ({ ...call, tokens: take(call.tokens) }));
  const begun = toolCalls.filter((call) => call.tokens.length > 0);
  return { ...answer, reasoningTokens, tokens, toolCalls: begun, finish: limitFinish };
}

interface Spoiling {
  readonly wire: WireFormat;
  readonly call: ModelCall;
  readonly random: Random;
}

type Spoiler = (answer: Answer, fault: FaultSpec, spoiling: Spoiling) => Partial<Answer>;

/** What faults change about a good answer. */
const spoilers: Partial<Record<FaultKind, Spoiler>> = {
  emptyAnswer: () => ({ tokens: [], toolCalls: [], reasoningTokens: 0, isEmpty: true, finish: 'stop' }),
  invalidJson: ({ tokens }, { text }) => ({ tokens: text === undefined ? firstShare(tokens, 0.5) : splitTokens(text) }),
  oddText: ({ tokens }) => {
    const place = Math.max(
      1,
      tokens.findIndex((token) => token.includes(' ')),
    );
    return { tokens: [...tokens.slice(0, place), oddCharacters, ...tokens.slice(place)] };
  },
  maxTokens: ({ tokens, toolCalls }) => ({
    tokens: firstShare(tokens, cutShare),
    toolCalls: toolCalls.map((toolCall) => ({ ...toolCall, tokens: firstShare(toolCall.tokens, cutShare) })),
    finish: 'length',
  }),
  missingUsage: () => ({ hidesUsage: true }),
  cachedInput: ({ inputTokens }) => ({ cachedTokens: Math.floor(inputTokens * cachedShare) }),
  contentFilter: ({ tokens }) => ({ tokens: firstShare(tokens, cutShare), toolCalls: [], finish: 'contentFilter' }),
  promptBlocked: () => ({ tokens: [], toolCalls: [], reasoningTokens: 0, isBlocked: true, finish: 'contentFilter' }),
  refusal: () => ({ tokens: splitTokens(refusalText), toolCalls: [], finish: 'refusal' }),
  stopReason: (_answer, { reason }) => (reason === undefined ? {} : { rawReason: reason }),
  invalidToolArguments: (_answer, { text = '{"query": "unfinished' }, { wire, call, random }) => {
    const name = call.tools[0]?.name ?? undeclaredTool;
    return callsInstead({ name, arguments: text }, wire.newToolCallId(random.hex(24)));
  },
  unknownTool: (_answer, _fault, { wire, random }) => {
    return callsInstead({ name: undeclaredTool, arguments: '{}' }, wire.newToolCallId(random.hex(24)));
  },
};

const undeclaredTool = 'undeclared_tool';

function callsInstead(written: WrittenToolCall, id: string): Partial<Answer> {
  return { tokens: [], toolCalls: [toolCallOf(written, id)], finish: 'toolCalls' };
}

function toolCallOf({ name, arguments: text }: WrittenToolCall, id: string): AnswerToolCall {
  return { id, name, tokens: splitTokens(text) };
}

function firstShare(tokens: readonly string[], share: number): readonly string[] {
  return tokens.slice(0, Math.ceil(tokens.length * share));
}
