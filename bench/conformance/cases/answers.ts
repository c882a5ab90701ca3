/** Good answers, in all the shapes good answers come in. */
import type { ConformanceCase, ExpectedAnswer } from '../case';
import { absent } from '../case';
import { answerOf, wireUsage } from '../dialects/dialect';
import { beginStream, hangAfter, stream, trickle } from '../sources/wire-handlers';
import { all, chat } from '../targets';

const hello = 'Hello, world';
const strange = 'Grüße 🎻 日本語 \u202Eabc\u202C "quoted" \\ and\n\ta tab';
const outline = {
  name: 'Outline',
  schema: {
    type: 'object',
    properties: { title: { type: 'string' }, sections: { type: 'array', items: { type: 'string' } } },
    required: ['title', 'sections'],
    additionalProperties: false,
  },
};
const outlineJson = '{"title":"Brass","sections":["Horns","Trumpets"]}';
const outlineKeys = ['title', 'sections'];

/** What is said of an answer whose text the case itself has chosen, and of one the simulator made up. */
function says(text: string, more: ExpectedAnswer = {}): ConformanceCase['expect'] {
  return ({ source }) => ({
    answer: { text: source === 'simulator' ? /\S/ : text, finishReason: 'stop', ...more },
    ...(source === 'simulator' ? { usage: 'ledger' } : {}),
  });
}

export const answerCases: readonly ConformanceCase[] = [
  {
    id: 'answer/text',
    title: 'A streamed answer arrives whole, with its finish reason and the usage that is billed.',
    targets: all,
    simulator: {},
    aimock: { response: { content: hello } },
    wire: (dialect) => stream(answerOf(dialect, 'Hello', ', world')),
    expect: says(hello),
  },
  {
    id: 'answer/model-name',
    title: 'The answer names the model as the provider names it, which may be more precise than what was asked for.',
    targets: all,
    wire: (dialect) => stream(answerOf(dialect, hello)),
    expect: ({ target }) => ({ answer: { model: target.createDialect().model } }),
  },
  {
    id: 'answer/unicode',
    title: 'Umlauts, emoji, right-to-left marks, quotes, back slashes and line ends come through unchanged.',
    targets: all,
    aimock: { response: { content: strange }, options: { chunkSize: 3 } },
    wire: (dialect) => stream(answerOf(dialect, ...strange.split(' ').map((word, i) => (i === 0 ? word : ` ${word}`)))),
    expect: { answer: { text: strange } },
  },
  {
    id: 'answer/split-surrogates',
    title: 'A character that the provider splits over two events is put together before anybody sees a half of it.',
    targets: all,
    wire: (dialect) => stream(answerOf(dialect, 'a\ud83d', '\ude00b')),
    expect: { answer: { text: 'a😀b' } },
  },
  {
    id: 'answer/lone-surrogates',
    title: 'Half a character is replaced by U+FFFD: it could be neither stored nor sent on.',
    targets: all,
    wire: (dialect) => stream(answerOf(dialect, 'a\ud800!', ' end\udbff')),
    expect: { answer: { text: 'a\ufffd! end\ufffd' } },
  },
  {
    id: 'answer/odd-text',
    title: 'NUL and halves of characters in the middle of words leave well-formed text.',
    targets: all,
    simulator: { faults: [{ kind: 'oddText' }] },
    expect: { answer: { text: /\u0000/ } },
  },
  {
    id: 'answer/nul',
    title: 'A NUL character in an answer is text like any other.',
    targets: all,
    aimock: { response: { content: 'a\u0000b' } },
    wire: (dialect) => stream(answerOf(dialect, 'a\u0000b')),
    expect: { answer: { text: 'a\u0000b' } },
  },
  {
    id: 'answer/many-pieces',
    title: 'Thousands of tiny pieces make one answer, in order.',
    targets: all,
    wire: (dialect) => stream(answerOf(dialect, ...Array.from({ length: 5_000 }, (_none, index) => `${index} `))),
    expect: { answer: { text: /^0 1 2 .*4998 4999 $/ } },
  },
  {
    id: 'answer/split-at-every-byte',
    title: 'It does not matter how the network cuts the stream: byte by byte, in the middle of characters and events.',
    targets: all,
    // One turn of the event loop for each byte: the other runs would have to take all of them too.
    isHeavy: true,
    simulator: { faults: [{ kind: 'splitBytes' }] },
    wire: (dialect) => trickle(answerOf(dialect, 'Grüße ', '🎻')),
    expect: says('Grüße 🎻'),
  },
  {
    id: 'answer/split-at-seven-bytes',
    title: 'Nor does it when every piece of the network holds parts of two events.',
    targets: all,
    wire: (dialect) => trickle(answerOf(dialect, ...Array.from({ length: 40 }, () => 'Grüße 🎻 ')), 7),
    expect: { answer: { text: 'Grüße 🎻 '.repeat(40) } },
  },
  {
    id: 'answer/line-ends',
    title: 'Lines of the stream may end in CR LF.',
    targets: all,
    simulator: { faults: [{ kind: 'crlf' }] },
    wire: (dialect) => stream(answerOf(dialect, 'two\n', 'lines').replace(/\r?\n/g, '\r\n')),
    expect: says('two\nlines'),
  },
  {
    id: 'answer/pings',
    title: 'Keep-alive comments and events before, between and after the pieces are ignored.',
    targets: all,
    wire: (dialect) => {
      const { ping } = dialect;
      const parts = [ping, dialect.open(), ping, dialect.text('Hello'), ping, dialect.text(', world'), ping];
      return stream(...parts, dialect.finish('stop', wireUsage), ping, dialect.end());
    },
    expect: { answer: { text: hello } },
  },
  {
    id: 'answer/unknown-events',
    title: 'Events that nobody has heard of are ignored, also when known fields have other types in them.',
    targets: all,
    simulator: { faults: [{ kind: 'unknownEvents' }] },
    wire: (dialect) => {
      const { unknown } = dialect;
      const begin = [dialect.open(), dialect.unknown, dialect.text('Hello'), unknown, dialect.text(', world')];
      return stream(...begin, dialect.unknown, dialect.finish('stop', wireUsage), dialect.end());
    },
    expect: says(hello),
  },
  {
    id: 'answer/unknown-fields',
    title: 'So are fields that nobody has heard of, in every object.',
    targets: all,
    simulator: { faults: [{ kind: 'unknownFields' }] },
    expect: says(''),
  },
  {
    id: 'answer/absurd-limits',
    title: 'Limit headers that are negative, endless or there twice do no harm to a good answer.',
    targets: all,
    simulator: {
      faults: [{ kind: 'absurdHeaders' }],
      endpoint: { limits: { rpm: 600 } },
      hasLimitHeaders: true,
    },
    expect: says(''),
  },
  {
    id: 'answer/end-mark-in-text',
    title: 'An answer may quote the end mark of its own stream.',
    targets: all,
    wire: (dialect) => {
      const quoted = '\ndata: [DONE]\n\nevent: message_stop\ndata: {}\n\nevent: response.completed\n\n';
      return trickle(answerOf(dialect, quoted, 'and more'), 37);
    },
    expect: { answer: { text: /\[DONE\][^]*and more$/ } },
  },
  {
    id: 'answer/reasoning-first',
    title: 'What a model thinks before it answers is not part of the answer.',
    targets: all,
    aimock: (target) => ({
      response: { content: hello, ...(target.provider === 'openai' ? {} : { reasoning: 'Let me think.' }) },
    }),
    wire: (dialect) => {
      const thought = dialect.open() + dialect.reasoning('Let me ') + dialect.reasoning('think.');
      return stream(thought, dialect.text(hello), dialect.finish('stop', wireUsage), dialect.end());
    },
    expect: { answer: { text: hello } },
  },
  {
    id: 'answer/no-role',
    title: 'Half a header of an answer is enough: a server may leave out ids, roles and finger prints.',
    targets: chat,
    wire: () => {
      const chunk = (choice: object): string => `data: ${JSON.stringify({ choices: [choice] })}\n\n`;
      const parts = [chunk({ delta: { content: hello } }), chunk({ delta: {}, finish_reason: 'stop' })];
      return stream(...parts, 'data: [DONE]\n\n');
    },
    expect: ({ target }) => ({ answer: { text: hello, model: target.model }, usage: 'estimated' }),
  },
  {
    id: 'answer/no-content-type',
    title: 'A stream whose content type is missing is read all the same.',
    targets: all,
    wire: (dialect) => (response) => {
      response.writeHead(200);
      response.end(answerOf(dialect, hello));
    },
    expect: { answer: { text: hello } },
  },
  {
    id: 'answer/connection-left-open',
    title: 'The answer is there at its end mark, also when the server then keeps the connection open.',
    targets: all.filter((name) => name !== 'gemini'),
    wire: (dialect) => hangAfter(answerOf(dialect, hello)),
    expect: { answer: { text: hello }, withinMs: 5_000 },
  },
  {
    id: 'answer/reset-after-the-end',
    title: 'A connection that is reset after the end mark takes nothing back.',
    targets: all.filter((name) => name !== 'gemini'),
    wire: (dialect) => (response) => {
      beginStream(response);
      response.write(answerOf(dialect, hello));
      setTimeout(() => response.socket?.resetAndDestroy(), 20);
    },
    expect: { answer: { text: hello } },
  },
  {
    id: 'answer/limits',
    title: "The provider's limits are read off the headers of the answer.",
    targets: all.filter((name) => name !== 'gemini' && name !== 'openai-compatible'),
    simulator: { endpoint: { limits: { rpm: 600, tpm: 200_000 } }, hasLimitHeaders: true },
    expect: { answer: { hasLimits: true } },
  },
  {
    id: 'answer/structured',
    title: "JSON of a schema is asked for by the provider's own means.",
    targets: all,
    request: { output: outline },
    simulator: {},
    aimock: { response: { content: outlineJson } },
    wire: (dialect) => stream(answerOf(dialect, ...outlineJson.split(/(?<=,)/))),
    expect: ({ target }) => ({
      answer: { jsonKeys: outlineKeys, finishReason: 'stop' },
      sent: nativeSchemaOf[target.name],
    }),
  },
  {
    id: 'answer/structured-by-prompt',
    title: 'Where a model takes no schema, the schema stands in the prompt.',
    targets: all,
    endpoint: { capabilities: { schema: false } },
    request: { output: outline },
    aimock: { response: { content: outlineJson } },
    wire: (dialect) => stream(answerOf(dialect, outlineJson)),
    expect: {
      answer: { jsonKeys: outlineKeys },
      sent: { 'response_format.json_schema': absent, 'text.format.schema': absent, 'output_config.format': absent },
      sentTexts: ['sections', '!responseJsonSchema', '!responseSchema'],
    },
  },
];

const chatSchema = { 'response_format.type': 'json_schema', 'response_format.json_schema.schema.type': 'object' };
const responsesSchema = { 'text.format.type': 'json_schema', 'text.format.schema.type': 'object' };
const nativeSchemaOf = {
  'openai/chat': chatSchema,
  'openai/responses': responsesSchema,
  'azure-openai/v1': chatSchema,
  'azure-openai/dated': chatSchema,
  'azure-openai/responses': responsesSchema,
  anthropic: { 'output_config.format.type': 'json_schema', 'output_config.format.schema.type': 'object' },
  gemini: { 'generationConfig.responseMimeType': 'application/json' },
  'openai-compatible': chatSchema,
} as const;
