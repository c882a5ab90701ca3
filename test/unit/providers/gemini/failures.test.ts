import type { HoldfastError } from '../../../../src/errors/holdfast-error';
import { callOf, failureOf, gemini, providerOf } from '../dialects';
import { closedPort, commonRows, expectFailure, providerFailureTypes } from '../failure-table';
import type { FailureRow } from '../failure-table';
import { hangingAfter, status, streaming, WireServer } from '../wire-server';
import { chunk, parts } from './dialect';
import { bodyOf, perDay, perMinute, quota, reason, retryIn, statusRows } from './error-rows';

let server: WireServer;
beforeAll(async () => void (server = await WireServer.start()));
afterAll(() => server.stop());

const ownRows: FailureRow[] = [
  {
    when: 'the quotas of the minute and of the day are used up',
    serve: status(
      429,
      bodyOf(429, { status: 'RESOURCE_EXHAUSTED', details: [quota(perMinute, perDay), retryIn('18s')] }),
      { date: 'Sat, 21 Nov 2026 10:00:00 GMT' },
    ),
    type: 'Llm.QuotaExhausted',
    // Until midnight Pacific, whatever the delay says.
    message: `answered 429 ${perDay}; retry after 79200 s`,
    details: { retryAfterMs: 22 * 3_600_000 },
  },
  {
    when: 'a rate limit has its delay in a header',
    serve: status(429, bodyOf(429, { status: 'RESOURCE_EXHAUSTED' }), { 'retry-after': '7', 'x-request-id': 'req_9' }),
    type: 'Llm.RateLimited',
    message: 'answered 429 RESOURCE_EXHAUSTED; retry after 7 s',
    details: { retryAfterMs: 7_000, requestId: 'req_9' },
  },
  {
    when: 'the body of an error is cut JSON',
    serve: status(429, '{"error": {"code": 429, "sta', { 'content-type': 'application/json', 'retry-after': '3' }),
    type: 'Llm.RateLimited',
    details: { status: 429, retryAfterMs: 3_000 },
  },
  {
    when: 'the body of an error is empty',
    serve: status(503, '', { 'content-type': 'application/json' }),
    type: 'Llm.Overloaded',
    message: 'answered 503',
  },
  {
    when: 'a chunk says an error without a number',
    serve: streaming(gemini.start, 'data: {"error": {"status": "UNAVAILABLE"}}\n\n'),
    type: 'Llm.Overloaded',
    message: 'broke its answer off with UNAVAILABLE',
  },
  {
    when: 'a chunk says an error without a word',
    serve: streaming(gemini.start, 'data: {"error": {}}\n\n'),
    type: 'Llm.ServerError',
    message: 'broke its answer off with an error',
  },
  {
    when: 'the prompt is blocked',
    serve: streaming('data: {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}\n\n'),
    type: 'Llm.ContentFiltered',
    message: 'refused the answer for its content policy (PROHIBITED_CONTENT)',
  },
  ...['RECITATION', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII', 'IMAGE_SAFETY'].map((word): FailureRow => ({
    when: `it stops for ${word}`,
    serve: streaming(gemini.start, gemini.text('I can'), gemini.finish(word, gemini.usage)),
    type: 'Llm.ContentFiltered',
    details: { code: word, usage: expect.not.objectContaining({ estimated: true }) as unknown },
  })),
  ...['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL'].map((word): FailureRow => ({
    when: `it stops for ${word}`,
    serve: streaming(gemini.start, gemini.finish(word, gemini.usage)),
    type: 'Llm.OutputInvalid',
    message: 'called a tool with arguments that are not a JSON object',
    details: { code: word },
  })),
  {
    when: 'a function call has no object for arguments',
    serve: streaming(parts('{"functionCall": {"name": "search", "args": [1]}}'), gemini.finish('STOP', gemini.usage)),
    type: 'Llm.OutputInvalid',
    message: 'called search with arguments that are not a JSON object',
  },
  ...['CONTINUATION', 'MALFORMED_RESPONSE'].map((word): FailureRow => ({
    when: `it stops half-way for ${word}`,
    serve: streaming(gemini.start, gemini.text('Half'), gemini.finish(word, gemini.usage)),
    type: 'Llm.Truncated',
    message: 'broke its answer off before the end',
  })),
  {
    when: 'the stream ends in the middle of an event',
    serve: streaming(gemini.start, gemini.text('Half').trimEnd()),
    type: 'Llm.Truncated',
  },
  {
    when: 'the finish reason is only unspecified',
    serve: streaming(gemini.text('Half'), gemini.finish('FINISH_REASON_UNSPECIFIED')),
    type: 'Llm.Truncated',
  },
  {
    when: 'it hangs after its finish reason',
    serve: hangingAfter(gemini.text('Hello'), gemini.finish('STOP', gemini.usage)),
    type: 'Llm.Stalled',
    timeouts: { idleMs: 40 },
  },
];

const allRows = [...commonRows(gemini), ...statusRows, ...ownRows];

describe('a failure of gemini', () => {
  test.each(allRows)('when $when is $type', (row) => expectFailure(server, gemini, row));

  test('when nothing listens is Llm.Connection', async () => {
    const provider = providerOf(gemini, `http://127.0.0.1:${await closedPort()}`);
    expect(await failureOf(provider.call(callOf()))).toMatchObject({
      type: 'Llm.Connection',
      message: 'gemini-eastus lost or refused the connection (ECONNREFUSED)',
    });
  });

  test('is told before anything is sent for an image/gif, which Gemini alone does not take', async () => {
    server.answerWith(streaming());
    const attachments = [{ kind: 'image', mediaType: 'image/gif', data: 'R0lG' }] as const;
    const request = { ...callOf().request, messages: [{ role: 'user', content: 'What?', attachments } as const] };
    const failure = await failureOf(providerOf(gemini, server.url).call(callOf({ request })));
    expect(failure).toMatchObject({
      type: 'Llm.Unsupported',
      message: 'gemini-eastus takes no image/gif; send it as image/png',
    });
    expect(server.requests).toHaveLength(0);
  });

  test('says nothing of prompt, key, answer or provider prose', async () => {
    const prose = 'API key not valid: sk-canary-0123456789. What is the canary prompt?';
    const bodies = [
      status(400, { error: { code: 400, status: prose, message: prose, details: [reason(prose), quota(prose)] } }),
      status(401, `<html>${prose}</html>`),
      streaming(gemini.start, `data: {"broken": "${prose}\n\n`),
      streaming(gemini.text(prose), gemini.errorEvent(prose)),
      streaming(chunk(`"parts": [{"text": "${prose}"}]`).trimEnd()),
    ];
    for (const body of bodies) {
      server.answerWith(body);
      const failure = (await failureOf(providerOf(gemini, server.url).call(callOf()))) as HoldfastError;
      expect(JSON.stringify([failure.message, failure.details, failure.cause ?? ''])).not.toMatch(/canary|not valid/);
    }
  });

  test('has a row for every type of the catalogue that a provider can cause', () => {
    const covered = new Set([...allRows.map((row) => row.type), 'Llm.Unsupported']);
    expect(providerFailureTypes.filter((type) => !covered.has(type))).toEqual([]);
  });
});
