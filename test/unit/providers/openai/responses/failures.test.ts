import type { FailureType } from '../../../../../src/errors/failure-types';
import { responses } from '../../dialects';
import { commonRows, expectFailure } from '../../failure-table';
import type { FailureRow } from '../../failure-table';
import { cutAfter, hangingAfter, streaming, WireServer } from '../../wire-server';
import { statusRows, streamErrorRows } from '../error-rows';
import { callItem, ended, event, itemDone, messageOf } from './responses-events';

let server: WireServer;
beforeAll(async () => void (server = await WireServer.start()));
afterAll(() => server.stop());

const { start, text, finish, usage } = responses;

/** Here as the error of a response that failed, and as an event of its own. */
const eventRows = streamErrorRows(responses, (error) => [
  ended('failed', { error: { message: 'The text of the prompt', ...error }, usage: null }),
  event('error', { error: { message: 'The text of the prompt', ...error } }),
]);

/** Codes of `response.error`, all that the SDK knows. */
const codes: readonly (readonly [string, FailureType])[] = [
  ['server_error', 'Llm.ServerError'],
  ['rate_limit_exceeded', 'Llm.RateLimited'],
  ['invalid_prompt', 'Llm.ContentFiltered'],
  ['data_residency_mismatch', 'Llm.BadRequest'],
  ['bio_policy', 'Llm.ContentFiltered'],
  ['misalignment_policy_violation', 'Llm.ContentFiltered'],
  ['vector_store_timeout', 'Llm.ServerError'],
  ['invalid_image', 'Llm.BadRequest'],
  ['invalid_image_format', 'Llm.BadRequest'],
  ['invalid_base64_image', 'Llm.BadRequest'],
  ['invalid_image_url', 'Llm.BadRequest'],
  ['image_too_large', 'Llm.BadRequest'],
  ['image_too_small', 'Llm.BadRequest'],
  ['image_parse_error', 'Llm.BadRequest'],
  ['image_content_policy_violation', 'Llm.ContentFiltered'],
  ['invalid_image_mode', 'Llm.BadRequest'],
  ['image_file_too_large', 'Llm.BadRequest'],
  ['unsupported_image_media_type', 'Llm.BadRequest'],
  ['empty_image_file', 'Llm.BadRequest'],
  ['failed_to_download_image', 'Llm.BadRequest'],
  ['image_file_not_found', 'Llm.BadRequest'],
];

const codeRows = codes.flatMap(([code, type]): FailureRow[] => {
  const error = { code, message: 'The text of the prompt' };
  return [
    {
      when: `the response fails with ${code}`,
      serve: streaming(start, ended('failed', { error })),
      type,
      message: `broke its answer off with ${code}`,
      details: { code, usage: expect.objectContaining({ outputTokens: 30 }) as unknown },
    },
    {
      when: `an error event says ${code}`,
      serve: streaming(start, text('Hel'), event('error', { ...error, param: null })),
      type,
      details: { code, usage: expect.objectContaining({ estimated: true }) as unknown },
    },
  ];
});

const refusal = event('response.refusal.delta', { output_index: 0, delta: 'I can’t help with that.' });
const ownRows: FailureRow[] = [
  {
    when: 'the model refuses and completes',
    serve: streaming(start, refusal, finish('completed', usage)),
    type: 'Llm.ContentFiltered',
    message: 'refused the answer for its content policy (refusal)',
    details: { usage: expect.objectContaining({ outputTokens: 30 }) as unknown },
  },
  { when: 'the model refuses and the connection is cut', serve: cutAfter(start, refusal), type: 'Llm.ContentFiltered' },
  {
    when: 'the whole response holds a refusal that no event told',
    serve: streaming(
      start,
      ended('completed', { output: [{ type: 'message', content: [{ type: 'refusal', refusal: 'No.' }] }] }),
    ),
    type: 'Llm.ContentFiltered',
  },
  {
    when: 'somebody cancels it at the provider',
    serve: streaming(start, text('Hel'), ended('cancelled')),
    type: 'Llm.Cancelled',
    message: 'ended the response as cancelled',
  },
  {
    when: 'the last event repeats another text than was streamed',
    serve: streaming(start, text('Hello'), ended('completed', { output: [messageOf('Howdy, Hello')] })),
    type: 'Llm.Truncated',
    message: 'ended its answer with another text than it had streamed',
    details: { code: 'inconsistent_answer', usage: expect.objectContaining({ outputTokens: 30 }) as unknown },
  },
  {
    when: 'the last event repeats less than was streamed',
    serve: streaming(start, text('Hello'), ended('completed', { output: [messageOf('Hell')] })),
    type: 'Llm.Truncated',
  },
  {
    when: 'the filter took back what was streamed',
    serve: streaming(
      start,
      text('Hello'),
      ended('incomplete', { incomplete_details: { reason: 'content_filter' }, output: [messageOf('…')] }),
    ),
    type: 'Llm.ContentFiltered',
  },
  { when: 'it fails without saying why', serve: streaming(start, ended('failed')), type: 'Llm.ServerError' },
  {
    when: 'the model only said what it was about to do',
    serve: streaming(start, ended('completed', { output: [messageOf('I look.', { phase: 'commentary' })] })),
    type: 'Llm.EmptyResponse',
  },
  {
    when: 'the arguments of a call are not a JSON object',
    serve: streaming(start, itemDone(0, callItem('c', 'search', '[1]')), ended('completed')),
    type: 'Llm.OutputInvalid',
    message: 'called search with arguments that are not a JSON object',
  },
  {
    when: 'the token limit cuts a call',
    serve: streaming(
      start,
      itemDone(0, callItem('c', 'search', '{"a":')),
      ended('incomplete', { incomplete_details: { reason: 'max_output_tokens' } }),
    ),
    type: 'Llm.OutputCut',
    message: 'reached its token limit within the arguments for search',
  },
  {
    when: 'it reasons in silence for longer than the first token may take',
    serve: hangingAfter(start, event('response.output_item.added', { output_index: 0, item: { type: 'reasoning' } })),
    type: 'Llm.Timeout',
    details: { timer: 'firstToken' },
    timeouts: { firstTokenMs: 40, idleMs: 10 },
  },
];

describe('a failure of Responses', () => {
  const rows = [...commonRows(responses), ...statusRows, ...eventRows, ...codeRows, ...ownRows];
  test.each(rows)('when $when is $type', (row) => expectFailure(server, responses, row));
});
