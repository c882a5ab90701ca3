/** Why a model stops, and what that makes of what it said. */
import type { FinishReason } from '../../../src/contracts/model';
import type { FailureType } from '../../../src/errors';
import type { ConformanceCase } from '../case';
import { countedUsage, wireUsage } from '../dialects/dialect';
import type { Dialect } from '../dialects/dialect';
import type { ChatCompletions } from '../dialects/chat-completions';
import type { GeminiContent } from '../dialects/gemini-content';
import type { OpenAiResponses } from '../dialects/openai-responses';
import { resetAfter, stream } from '../sources/wire-handlers';
import { all, chat, ofAzure, ofOpenAi, responses } from '../targets';

type Reason = Parameters<Dialect['finish']>[0];

function ending(dialect: Dialect, text: string, reason: Reason): string {
  const said = text === '' ? '' : dialect.text(text);
  return dialect.open() + said + dialect.finish(reason, wireUsage) + dialect.end();
}

export const endingCases: readonly ConformanceCase[] = [
  {
    id: 'ending/max-tokens',
    title: 'An answer that was cut at its token limit is handed on as what it is.',
    targets: all,
    simulator: { faults: [{ kind: 'maxTokens' }] },
    aimock: (target) => ({
      // It has no word of its own for an incomplete response.
      response: { content: 'Half an ans', finishReason: responses.includes(target.name) ? 'stop' : 'length' },
    }),
    wire: (dialect) => stream(ending(dialect, 'Half an ans', 'length')),
    expect: ({ target, source }) => {
      const finishReason = source === 'aimock' && responses.includes(target.name) ? 'stop' : 'maxTokens';
      return { answer: { finishReason, ...(source === 'simulator' ? {} : { text: 'Half an ans' }) } };
    },
  },
  {
    id: 'ending/max-tokens-without-text',
    title: 'When reasoning took all the tokens there is nothing to hand on.',
    targets: all,
    wire: (dialect) =>
      stream(dialect.open(), dialect.reasoning('hm'), dialect.finish('length', wireUsage), dialect.end()),
    expect: { failure: 'Llm.EmptyResponse', usage: countedUsage },
  },
  {
    id: 'ending/empty',
    title: 'An answer without content is a failure, not an empty success that a cache would keep.',
    targets: all,
    simulator: { faults: [{ kind: 'emptyAnswer' }] },
    wire: (dialect) => stream(ending(dialect, '', 'stop')),
    expect: ({ source }) => ({ failure: 'Llm.EmptyResponse', ...(source === 'wire' ? { usage: countedUsage } : {}) }),
  },
  {
    id: 'ending/white-space',
    title: 'White space is no content.',
    targets: all,
    aimock: { response: { content: ' \n\t ' } },
    wire: (dialect) => stream(ending(dialect, ' \n\t ', 'stop')),
    expect: { failure: 'Llm.EmptyResponse' },
  },
  {
    id: 'ending/no-choices',
    title: 'A stream of chunks without choices has no answer in it.',
    targets: chat,
    wire: () => stream('data: {"choices":[]}\n\ndata: {"choices":null}\n\n', 'data: [DONE]\n\n'),
    expect: { failure: 'Llm.EmptyResponse' },
  },
  {
    id: 'ending/no-candidates',
    title: 'A stream of chunks without candidates has no answer in it.',
    targets: ['gemini'],
    wire: () => stream('data: {"candidates":[]}\r\n\r\ndata: {"usageMetadata":{"promptTokenCount":7}}\r\n\r\n'),
    expect: { failure: 'Llm.EmptyResponse' },
  },
  {
    id: 'ending/content-filter',
    title: "An answer that the provider's content policy stopped is filtered, whatever of it was said already.",
    targets: all,
    simulator: { faults: [{ kind: 'contentFilter' }] },
    wire: (dialect) => stream(ending(dialect, 'I can', 'filtered')),
    expect: ({ source }) => ({ failure: 'Llm.ContentFiltered', ...(source === 'wire' ? { usage: countedUsage } : {}) }),
  },
  {
    id: 'ending/prompt-blocked',
    title: 'The filter refuses the prompt, in the way each provider does that.',
    targets: all,
    simulator: { faults: [{ kind: 'promptBlocked' }] },
    expect: { failure: 'Llm.ContentFiltered' },
  },
  {
    id: 'ending/content-filter-without-text',
    title: 'So is one that was stopped before its first word.',
    targets: all,
    wire: (dialect) => stream(ending(dialect, '', 'filtered')),
    expect: { failure: 'Llm.ContentFiltered' },
  },
  {
    id: 'ending/content-filter-then-cut',
    title: 'A refusal counts as soon as it is known: cut right after it, it must not be taken to another model.',
    targets: all,
    wire: (dialect) => resetAfter(dialect.open(), dialect.text('I can'), dialect.finish('filtered', wireUsage)),
    expect: { failure: 'Llm.ContentFiltered' },
  },
  {
    id: 'ending/refusal',
    title: "The model's own refusal is a refusal, although it ends like an answer.",
    targets: [...ofOpenAi, ...ofAzure],
    simulator: { faults: [{ kind: 'refusal' }] },
    wire: (dialect) => {
      const refusing = dialect as ChatCompletions | OpenAiResponses;
      const said = refusing.refusal("I can't ") + refusing.refusal('help with that.');
      return stream(dialect.open(), said, dialect.finish('stop', wireUsage), dialect.end());
    },
    expect: { failure: 'Llm.ContentFiltered' },
  },
  {
    id: 'ending/refusal-stop-reason',
    title: 'Anthropic says `refusal` in a good answer with status 200.',
    targets: ['anthropic'],
    simulator: { faults: [{ kind: 'refusal' }] },
    aimock: { response: { content: "I can't help with that.", finishReason: 'refusal' } },
    expect: { failure: 'Llm.ContentFiltered', details: { code: 'refusal' } },
  },
  ...(['SAFETY', 'RECITATION', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII'] as const).map((reason): ConformanceCase => ({
    id: `ending/gemini-${reason.toLowerCase().replaceAll('_', '-')}`,
    title: `Gemini stops with \`${reason}\`: its content policy.`,
    targets: ['gemini'],
    aimock: { response: { content: 'I can', finishReason: reason } },
    wire: (dialect) => stream(ending(dialect, 'I can', { raw: reason })),
    expect: { failure: 'Llm.ContentFiltered', details: { code: reason } },
  })),
  {
    id: 'ending/gemini-blocked-prompt',
    title: 'Gemini blocks a prompt with status 200 and no candidate at all.',
    targets: ['gemini'],
    wire: (dialect) => stream((dialect as GeminiContent).blockedPrompt('PROHIBITED_CONTENT')),
    expect: { failure: 'Llm.ContentFiltered' },
  },
  {
    id: 'ending/gemini-malformed-call',
    title: 'Gemini stops with `MALFORMED_FUNCTION_CALL`: the answer is invalid, not empty.',
    targets: ['gemini'],
    wire: (dialect) => stream(ending(dialect, '', { raw: 'MALFORMED_FUNCTION_CALL' })),
    expect: { failure: 'Llm.OutputInvalid' },
  },
  {
    id: 'ending/context-window',
    title: 'Anthropic runs out of its context window with status 200: only a larger window helps.',
    targets: ['anthropic'],
    simulator: { faults: [{ kind: 'stopReason', reason: 'model_context_window_exceeded' }] },
    aimock: { response: { content: 'Half an ans', finishReason: 'model_context_window_exceeded' } },
    wire: (dialect) => stream(ending(dialect, 'Half', { raw: 'model_context_window_exceeded' })),
    expect: { failure: 'Llm.ContextTooLong' },
  },
  ...unknownReasons(),
  ...failedResponses(),
];

function unknownReasons(): ConformanceCase[] {
  return ['paused_by_moon_phase', 'constructor'].map((raw) => ({
    id: `ending/unknown-reason-${raw.replaceAll('_', '-')}`,
    title: `A finish reason that nobody has heard of (\`${raw}\`) still ends an answer.`,
    targets: all,
    simulator: { faults: [{ kind: 'stopReason', reason: raw }] },
    wire: (dialect: Dialect) => stream(ending(dialect, 'Hi', { raw })),
    expect: { answer: { finishReason: 'other' satisfies FinishReason } },
  }));
}

/** A response that failed ends its stream with its own error, after HTTP 200. */
function failedResponses(): ConformanceCase[] {
  const types: readonly (readonly [string, FailureType])[] = [
    ['server_error', 'Llm.ServerError'],
    ['rate_limit_exceeded', 'Llm.RateLimited'],
    ['invalid_prompt', 'Llm.ContentFiltered'],
    ['bio_policy', 'Llm.ContentFiltered'],
    ['image_content_policy_violation', 'Llm.ContentFiltered'],
    ['insufficient_quota', 'Llm.QuotaExhausted'],
  ];
  return types.map(([code, failure]) => ({
    id: `ending/response-failed-${code.replaceAll('_', '-')}`,
    title: `A response ends as failed with \`${code}\`.`,
    targets: responses,
    wire: (dialect: Dialect) => {
      const failing = dialect as OpenAiResponses;
      return stream(dialect.open(), dialect.text('Hel'), failing.failed(code, 'It did not work out.'));
    },
    expect: { failure, details: { code } },
  }));
}
