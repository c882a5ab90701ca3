/** Tool calls: asked for, answered, and broken. */
import type { ModelRequest, ToolDefinition } from '../../../src/contracts/model';
import type { ConformanceCase } from '../case';
import { absent } from '../case';
import { answerOf, countedUsage, wireUsage } from '../dialects/dialect';
import type { Dialect, WireToolCall } from '../dialects/dialect';
import { stream } from '../sources/wire-handlers';
import type { WireHandler } from '../sources/wire';
import { all, chat, responses } from '../targets';

const lookUp: ToolDefinition = {
  name: 'look_up',
  description: 'Looks up an instrument.',
  inputSchema: {
    type: 'object',
    properties: { name: { type: 'string' }, year: { type: 'integer' } },
    required: ['name'],
    additionalProperties: false,
  },
};

const brassTuba = { name: 'look_up', arguments: { name: 'tuba', year: 1835 } };
const tubaCall: WireToolCall = {
  id: 'call_1',
  name: 'look_up',
  argumentPieces: ['{"name":"tu', 'ba","year"', ':1835}'],
};
const hornCall: WireToolCall = { id: 'call_2', name: 'look_up', argumentPieces: ['{"name":', '"horn"}'] };

function calling(dialect: Dialect, before: string, ...calls: readonly WireToolCall[]): WireHandler {
  const begin = dialect.open() + (before === '' ? '' : dialect.text(before));
  const called = calls.map((call) => dialect.toolCall(call)).join('');
  return stream(begin, called, dialect.finish('toolCalls', wireUsage), dialect.end());
}

const withTools: Partial<ModelRequest> = { tools: [lookUp] };

/** What the model asked for, and what it got. */
function roundOf(result: { content: string; isError?: boolean }): Partial<ModelRequest> {
  return {
    ...withTools,
    messages: [
      { role: 'user', content: 'When was the tuba invented?' },
      { role: 'assistant', content: '', toolCalls: [{ id: 'call_1', ...brassTuba }] },
      { role: 'tool', toolCallId: 'call_1', name: 'look_up', ...result },
    ],
  };
}

const inAimock = { name: 'look_up', arguments: { name: 'tuba', year: 1835 } };

export const toolCases: readonly ConformanceCase[] = [
  {
    id: 'tools/call',
    title: 'A tool call comes with its name and its arguments as an object, however they were cut into pieces.',
    targets: all,
    request: withTools,
    simulator: {},
    aimock: { response: { toolCalls: [inAimock] } },
    wire: (dialect) => calling(dialect, '', tubaCall),
    expect: ({ source }) => ({
      answer: {
        text: '',
        finishReason: 'toolCalls',
        ...(source === 'simulator' ? { toolNames: ['look_up'] } : { toolCalls: [brassTuba] }),
      },
    }),
  },
  {
    id: 'tools/offered',
    title: 'A model that is offered tools may answer without them.',
    targets: all,
    request: withTools,
    aimock: { response: { content: 'In 1835.' } },
    wire: (dialect) => stream(answerOf(dialect, 'In 1835.')),
    expect: { answer: { text: 'In 1835.', finishReason: 'stop' }, sentTexts: ['look_up', 'Looks up an instrument.'] },
  },
  {
    id: 'tools/none-offered',
    title: 'A request without tools says nothing about tools.',
    targets: all,
    wire: (dialect) => stream(answerOf(dialect, 'Hi')),
    expect: { answer: {}, sent: { tools: absent, tool_choice: absent, toolConfig: absent } },
  },
  {
    id: 'tools/calls-at-once',
    title: 'Several tool calls in one answer keep their order and have different ids.',
    targets: all,
    request: withTools,
    aimock: { response: { toolCalls: [inAimock, { name: 'look_up', arguments: { name: 'horn' } }] } },
    wire: (dialect) => calling(dialect, '', tubaCall, hornCall),
    expect: {
      answer: { finishReason: 'toolCalls', toolCalls: [brassTuba, { name: 'look_up', arguments: { name: 'horn' } }] },
    },
  },
  {
    id: 'tools/call-after-text',
    title: 'What the model says before it calls a tool is kept.',
    targets: all,
    request: withTools,
    aimock: { response: { content: 'Let me see.', toolCalls: [inAimock] } },
    wire: (dialect) => calling(dialect, 'Let me see.', tubaCall),
    expect: { answer: { text: 'Let me see.', finishReason: 'toolCalls', toolCalls: [brassTuba] } },
  },
  {
    id: 'tools/call-without-arguments',
    title: 'A call without arguments has an empty object for them.',
    targets: all,
    request: withTools,
    wire: (dialect) => calling(dialect, '', { id: 'call_1', name: 'look_up', argumentPieces: ['{}'] }),
    expect: { answer: { toolCalls: [{ name: 'look_up', arguments: {} }] } },
  },
  {
    id: 'tools/round-trip',
    title: "The tool's result goes back to the model, which answers.",
    targets: all,
    request: roundOf({ content: '{"invented":1835}' }),
    simulator: {},
    aimock: { response: { content: 'In 1835.' } },
    wire: (dialect) => stream(answerOf(dialect, 'In 1835.')),
    expect: { answer: { finishReason: 'stop' }, sentTexts: ['look_up', 'tuba', 'invented'] },
  },
  {
    id: 'tools/failed-tool',
    title: 'A tool that failed tells the model so.',
    targets: all,
    request: roundOf({ content: 'no such instrument', isError: true }),
    simulator: {},
    aimock: { response: { content: 'I could not find it.' } },
    wire: (dialect) => stream(answerOf(dialect, 'I could not find it.')),
    expect: { answer: { finishReason: 'stop' }, sentTexts: ['no such instrument'] },
  },
  {
    id: 'tools/arguments-not-json',
    title: 'Arguments that are not JSON are an invalid answer, never an empty call.',
    targets: all.filter((name) => name !== 'gemini'),
    request: withTools,
    simulator: { faults: [{ kind: 'invalidToolArguments' }] },
    wire: (dialect) => calling(dialect, '', { id: 'call_1', name: 'look_up', argumentPieces: ['{"name": tuba'] }),
    expect: ({ source }) => ({
      failure: 'Llm.OutputInvalid',
      usage: source === 'wire' ? countedUsage : 'ledger',
    }),
  },
  {
    id: 'tools/arguments-no-object',
    title: 'Nor is JSON that is no object a call.',
    targets: all.filter((name) => name !== 'gemini'),
    request: withTools,
    wire: (dialect) => calling(dialect, '', { id: 'call_1', name: 'look_up', argumentPieces: ['["tuba"]'] }),
    expect: { failure: 'Llm.OutputInvalid' },
  },
  {
    id: 'tools/unknown-tool',
    title: 'A call of a tool that nobody offered is handed on: the step tells the model that there is none.',
    targets: all,
    request: withTools,
    simulator: { faults: [{ kind: 'unknownTool' }] },
    wire: (dialect) => calling(dialect, '', { ...hornCall, name: 'play_tuba' }),
    expect: ({ source }) => ({
      answer: { finishReason: 'toolCalls', ...(source === 'wire' ? { toolNames: ['play_tuba'] } : {}) },
    }),
  },
  {
    id: 'tools/finish-says-stop',
    title: 'A server that ends a call with `stop` has called all the same.',
    targets: chat,
    request: withTools,
    wire: (dialect) =>
      stream(dialect.open(), dialect.toolCall(tubaCall), dialect.finish('stop', wireUsage), dialect.end()),
    expect: { answer: { finishReason: 'toolCalls', toolCalls: [brassTuba] } },
  },
  {
    id: 'tools/unknown-finish-reason',
    title: 'So has one that ends it with a reason nobody has heard of.',
    targets: all.filter((name) => !responses.includes(name)),
    request: withTools,
    wire: (dialect) => {
      const last = dialect.finish({ raw: 'FUNCTION_CALL' }, wireUsage);
      return stream(dialect.open(), dialect.toolCall(tubaCall), last, dialect.end());
    },
    expect: { answer: { finishReason: 'toolCalls', toolCalls: [brassTuba] } },
  },
  {
    id: 'tools/cut-in-arguments',
    title: 'A stream that is cut in the middle of a call is cut: the half call is not made.',
    targets: all.filter((name) => name !== 'gemini'),
    request: withTools,
    wire: (dialect) => {
      const half = { id: 'call_1', name: 'look_up', argumentPieces: ['{"name":"tu'] };
      return stream(dialect.open(), dialect.toolCall(half));
    },
    expect: { failure: 'Llm.Truncated' },
  },
  {
    id: 'tools/max-tokens-in-arguments',
    title: 'A call that the token limit cut in two is never handed on as a call.',
    targets: all.filter((name) => name !== 'gemini'),
    request: withTools,
    wire: (dialect) => {
      const half = { id: 'call_1', name: 'look_up', argumentPieces: ['{"name":"tu'] };
      return stream(dialect.open(), dialect.toolCall(half), dialect.finish('length', wireUsage), dialect.end());
    },
    expect: { failure: 'Llm.OutputCut' },
  },
];
