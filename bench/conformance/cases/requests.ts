/** What is sent: parameters a model takes, those it does not, and what it is shown. */
import type { JsonValue } from '../../../src/contracts/json';
import type { ConformanceCase, Expectation } from '../case';
import { callId } from '../acts';
import { apiKey } from '../canaries';
import { absent } from '../case';
import { answerOf } from '../dialects/dialect';
import { stream } from '../sources/wire-handlers';
import { all, chat, reasoning, responses } from '../targets';
import type { Target, TargetName } from '../targets';

type Fields = Readonly<Record<string, JsonValue | typeof absent>>;

/** The same for OpenAI's chat format wherever it is spoken. */
function byFormat(fields: {
  chat: Fields;
  responses: Fields;
  anthropic: Fields;
  gemini: Fields;
}): (name: TargetName) => Fields {
  const others: Partial<Record<TargetName, Fields>> = {
    'openai/responses': fields.responses,
    'azure-openai/responses': fields.responses,
    anthropic: fields.anthropic,
    gemini: fields.gemini,
  };
  return (name) => others[name] ?? fields.chat;
}

/** A pixel, and a document of one empty page. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const pdf = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n').toString('base64');

const temperature = byFormat({
  chat: { temperature: 0.3 },
  responses: { temperature: 0.3 },
  // This version of the API answers 400 to any temperature.
  anthropic: { temperature: absent },
  gemini: { 'generationConfig.temperature': 0.3 },
});
const seed = byFormat({
  chat: { seed: 7 },
  responses: { seed: absent },
  anthropic: { seed: absent },
  gemini: { 'generationConfig.seed': 7 },
});
const outputCap = byFormat({
  chat: {},
  responses: { max_output_tokens: 300 },
  anthropic: { max_tokens: 300 },
  gemini: { 'generationConfig.maxOutputTokens': 300 },
});
const effort = byFormat({
  chat: { reasoning_effort: 'low' },
  responses: { 'reasoning.effort': 'low' },
  anthropic: {},
  gemini: {},
});

function sends(fields: (name: TargetName) => Fields, more: Expectation = {}): ConformanceCase['expect'] {
  return ({ target }) => ({ answer: {}, sent: fields(target.name), ...more });
}

const paths: Readonly<Record<TargetName, string>> = {
  'openai/chat': '/v1/chat/completions',
  'openai/responses': '/v1/responses',
  'azure-openai/v1': '/openai/v1/chat/completions',
  'azure-openai/dated': '/openai/deployments/gpt-41-eastus/chat/completions?api-version=2024-10-21',
  'azure-openai/responses': '/openai/v1/responses',
  anthropic: '/v1/messages',
  gemini: '/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse',
  'openai-compatible': '/v1/chat/completions',
};

function credentialsOf({ provider }: Target): Readonly<Record<string, string>> {
  if (provider === 'azure-openai') return { 'api-key': apiKey };
  return provider === 'gemini' ? { 'x-goog-api-key': apiKey } : { authorization: `Bearer ${apiKey}` };
}

export const requestCases: readonly ConformanceCase[] = [
  {
    id: 'request/address',
    title:
      "The request goes to the path of the interface, with the key in the provider's header and the id of the call.",
    targets: all,
    wire: (dialect) => stream(answerOf(dialect, 'Hi')),
    expect: ({ target }) => ({
      answer: {},
      sentTo: paths[target.name],
      sentHeaders: { ...credentialsOf(target), 'x-client-request-id': callId },
    }),
  },
  {
    id: 'request/one-token-cap',
    title: 'One cap on the tokens is sent, never the old name beside the new one.',
    targets: chat,
    wire: (dialect) => stream(answerOf(dialect, 'Hi')),
    expect: ({ target }) => {
      const isOld = target.provider === 'openai-compatible';
      return {
        answer: {},
        sent: { max_tokens: isOld ? 500 : absent, max_completion_tokens: isOld ? absent : 500 },
      };
    },
  },
  {
    id: 'request/streamed',
    title: 'Every call is streamed, and asks for the usage that would otherwise be left out.',
    targets: all,
    wire: (dialect) => stream(answerOf(dialect, 'Hi')),
    expect: sends(
      byFormat({
        chat: { stream: true, 'stream_options.include_usage': true },
        responses: { stream: true },
        anthropic: { stream: true },
        gemini: {},
      }),
    ),
  },
  {
    id: 'request/system',
    title: 'The system prompt goes where the provider wants it.',
    targets: all,
    request: { system: 'Answer as a brass player.' },
    simulator: {},
    aimock: { response: { content: 'Hi' } },
    wire: (dialect) => stream(answerOf(dialect, 'Hi')),
    expect: sends(
      byFormat({
        chat: { 'messages.0.role': 'system', 'messages.0.content': 'Answer as a brass player.' },
        responses: {},
        anthropic: { system: 'Answer as a brass player.' },
        gemini: { 'systemInstruction.parts.0.text': 'Answer as a brass player.' },
      }),
      { sentTexts: ['Answer as a brass player.'] },
    ),
  },
  {
    id: 'request/no-system',
    title: 'A request without a system prompt sends none, not an empty one.',
    targets: all,
    request: { system: undefined } as unknown as { system: string },
    simulator: {},
    wire: (dialect) => stream(answerOf(dialect, 'Hi')),
    expect: { answer: {}, sent: { system: absent, instructions: absent, systemInstruction: absent } },
  },
  {
    id: 'request/conversation',
    title: 'The turns of a conversation keep their order and their speakers.',
    targets: all,
    request: {
      messages: [
        { role: 'user', content: 'First question' },
        { role: 'assistant', content: 'First answer' },
        { role: 'user', content: 'Second question' },
      ],
    },
    simulator: {},
    aimock: { response: { content: 'Hi' } },
    wire: (dialect) => stream(answerOf(dialect, 'Hi')),
    expect: { answer: {}, sentTexts: ['First question', 'First answer', 'Second question'] },
  },
  {
    id: 'request/temperature',
    title: 'A temperature goes to the models that take one.',
    targets: all,
    request: { parameters: { maxOutputTokens: 500, temperature: 0.3 } },
    simulator: {},
    wire: (dialect) => stream(answerOf(dialect, 'Hi')),
    expect: sends(temperature),
  },
  {
    id: 'request/temperature-refused',
    title: 'Reasoning models, which refuse a temperature with a 400, are sent none.',
    targets: [
      'openai/chat',
      'openai/responses',
      'azure-openai/v1',
      'azure-openai/dated',
      'azure-openai/responses',
      'anthropic',
    ],
    endpoint: reasoning,
    request: { parameters: { maxOutputTokens: 500, temperature: 0.3 } },
    simulator: {},
    wire: (dialect) => stream(answerOf(dialect, 'Hi')),
    expect: { answer: {}, sent: { temperature: absent } },
  },
  {
    id: 'request/temperature-not-capable',
    title: 'What the config says a model does not take is left out, whatever the model.',
    targets: all,
    endpoint: { capabilities: { temperature: false, seed: false, reasoningEffort: false } },
    request: { parameters: { maxOutputTokens: 500, temperature: 0.3, seed: 7, reasoningEffort: 'low' } },
    wire: (dialect) => stream(answerOf(dialect, 'Hi')),
    expect: {
      answer: {},
      sent: { temperature: absent, seed: absent, reasoning_effort: absent, reasoning: absent },
      sentTexts: ['!"temperature"', '!"seed"', '!thinkingConfig', '!"effort"'],
    },
  },
  {
    id: 'request/seed',
    title: 'A seed goes to the interfaces that know one.',
    targets: all,
    request: { parameters: { maxOutputTokens: 500, seed: 7 } },
    simulator: {},
    wire: (dialect) => stream(answerOf(dialect, 'Hi')),
    expect: sends(seed),
  },
  {
    id: 'request/reasoning-effort',
    title: 'Reasoning effort is said in the words of each provider.',
    targets: all.filter((name) => name !== 'openai-compatible'),
    endpoint: reasoning,
    request: { parameters: { maxOutputTokens: 2_000, reasoningEffort: 'low' } },
    simulator: {},
    wire: (dialect) => stream(answerOf(dialect, 'Hi')),
    expect: (playing) => ({
      answer: {},
      sent: effort(playing.target.name),
      sentTexts: [playing.target.name === 'gemini' ? 'thinking' : '"low"'],
    }),
  },
  {
    id: 'request/reasoning-effort-refused',
    title: 'Models that do not reason are sent no effort.',
    targets: [...chat, ...responses],
    request: { parameters: { maxOutputTokens: 500, reasoningEffort: 'high' } },
    simulator: {},
    wire: (dialect) => stream(answerOf(dialect, 'Hi')),
    expect: { answer: {}, sent: { reasoning_effort: absent, reasoning: absent } },
  },
  {
    id: 'request/output-cap',
    title: 'The cap on the answer is never above what the model can produce.',
    targets: all,
    endpoint: { maxOutputTokens: 300 },
    request: { parameters: { maxOutputTokens: 100_000 } },
    simulator: { endpoint: { maxOutputTokens: 300 } },
    wire: (dialect) => stream(answerOf(dialect, 'Hi')),
    expect: sends(outputCap, { sentTexts: ['300', '!100000'] }),
  },
  {
    id: 'request/image',
    title: 'An image goes along with the question.',
    targets: all,
    endpoint: { capabilities: { images: true } },
    request: {
      messages: [
        { role: 'user', content: 'What is this?', attachments: [{ kind: 'image', mediaType: 'image/png', data: png }] },
      ],
    },
    simulator: {},
    aimock: { response: { content: 'A pixel.' } },
    wire: (dialect) => stream(answerOf(dialect, 'A pixel.')),
    expect: { answer: {}, sentTexts: [png, 'image/png', 'What is this?'] },
  },
  {
    id: 'request/pdf',
    title: 'A PDF goes along with the question.',
    targets: all,
    endpoint: { capabilities: { pdf: true } },
    request: {
      messages: [
        { role: 'user', content: 'Summarize.', attachments: [{ kind: 'pdf', name: 'report.pdf', data: pdf }] },
      ],
    },
    simulator: {},
    aimock: { response: { content: 'An empty page.' } },
    wire: (dialect) => stream(answerOf(dialect, 'An empty page.')),
    expect: { answer: {}, sentTexts: [pdf, 'application/pdf', 'Summarize.'] },
  },
  {
    id: 'request/hostile-text',
    title: 'NUL, lone surrogates and prototype keys in a prompt reach the provider as valid JSON.',
    targets: all,
    request: { messages: [{ role: 'user', content: 'a\u0000b \ud800 __proto__ {"constructor":1}' }] },
    simulator: {},
    aimock: { response: { content: 'Hi' } },
    wire: (dialect) => stream(answerOf(dialect, 'Hi')),
    expect: { answer: {}, sentTexts: ['__proto__'] },
  },
];
