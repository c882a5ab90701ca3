/** Calls that go on at the provider without us: begun, announced, picked up, cancelled. */
import type { ServerResponse } from 'node:http';
import { HoldfastError } from '../../../../../src/errors/holdfast-error';
import type { Provider, ResumeCall } from '../../../../../src/providers/provider';
import { azure, callOf, compatible, failureOf, openai, providerOf, responses, timeouts } from '../../dialects';
import type { Dialect } from '../../dialects';
import { cutAfter, hangingAfter, status, streaming, WireServer } from '../../wire-server';
import type { Handler } from '../../wire-server';
import { created, ended, messageOf, responseOf, textDelta } from './responses-events';

let server: WireServer;
beforeAll(async () => void (server = await WireServer.start()));
afterAll(() => server.stop());

const resumable = { endpoint: 'responses-eastus', responseId: 'resp_1' };
const whole = [created, textDelta(0, 'Hel'), textDelta(0, 'lo'), ended('completed')];
const provider = (): Required<Provider> => providerOf(responses, server.url) as Required<Provider>;

function resumeOf(changes: Partial<ResumeCall> = {}): ResumeCall {
  return { ...callOf(), resumable, ...changes };
}

/** The handlers one after the other, the last of them for good. */
function inTurn(...handlers: readonly Handler[]): Handler {
  let turn = 0;
  return (response, request) => handlers[Math.min(turn++, handlers.length - 1)]?.(response, request);
}

const notFound = status(404, {
  error: { message: 'Response with id resp_1 not found.', type: 'invalid_request_error', code: null },
});
const tooOld = status(400, {
  error: {
    message: 'This response can no longer be streamed because it is more than 5 minutes old.',
    type: 'invalid_request_error',
    param: null,
    code: null,
  },
});

describe('a call in the background', () => {
  test('is told to the caller, once, before anything of it', async () => {
    server.answerWith(streaming(...whole));
    const told: string[] = [];
    const answer = await provider().call(
      callOf({
        onResumable: async (call) => {
          await Promise.resolve();
          told.push(JSON.stringify(call));
        },
        onText: (piece) => told.push(piece),
      }),
    );
    expect(answer.text).toBe('Hello');
    expect(told.slice(1)).toEqual(['Hel', 'lo']);
    expect(JSON.parse(told[0] ?? '')).toEqual({ ...resumable, givenAtMs: expect.any(Number) as number });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.body).toMatchObject({ background: true, store: true, stream: true });
  });

  test('does not go on before the caller has taken note', async () => {
    let stream: ServerResponse | undefined;
    server.answerWith((response, request) => {
      stream = response;
      return hangingAfter(created)(response, request);
    });
    const seen: string[] = [];
    let takeNote: (() => void) | undefined;
    const answer = provider().call(
      callOf({
        onResumable: async () => {
          await new Promise<void>((resolve) => (takeNote = resolve));
          seen.push('noted');
        },
        onText: () => seen.push('text'),
      }),
    );
    while (takeNote === undefined) await new Promise(setImmediate);
    await new Promise<void>((resolve) => stream?.end(whole.slice(1).join(''), resolve));
    expect(seen).toEqual([]);
    takeNote();
    await answer;
    expect(seen).toEqual(['noted', 'text', 'text']);
  });

  test('fails with what the caller rejects with, as it is', async () => {
    server.answerWith(hangingAfter(created));
    const refusal = new HoldfastError('Capacity.StoreUnavailable', 'Redis does not answer');
    expect(await failureOf(provider().call(callOf({ onResumable: () => Promise.reject(refusal) })))).toBe(refusal);
    await server.requests[0]?.closed;
  });

  test('is not one when nobody asks for it, and leaves nothing at the provider', async () => {
    server.answerWith(streaming(...whole));
    await provider().call(callOf());
    expect(server.requests[0]?.body).toMatchObject({ store: false });
    expect(server.requests[0]?.body).not.toHaveProperty('background');
  });

  test('sends nothing more when the caller aborts: whether it is cancelled is decided elsewhere', async () => {
    server.answerWith(hangingAfter(created, textDelta(0, 'Hel')));
    const controller = new AbortController();
    const call = callOf({
      signal: controller.signal,
      onResumable: () => Promise.resolve(),
      onText: () => controller.abort(new Error('worker shuts down')),
    });
    expect(await failureOf(provider().call(call))).toMatchObject({ message: 'worker shuts down' });
    await server.requests[0]?.closed;
    expect(server.requests).toHaveLength(1);
  });

  test.each<[string, Dialect]>([
    ['Chat Completions', openai],
    ['Azure’s Chat Completions', azure],
    ['compatible servers', compatible],
  ])('is nothing that %s have', (_name, dialect) => {
    const { resume, cancelResumable } = providerOf(dialect, server.url);
    expect([resume, cancelResumable]).toEqual([undefined, undefined]);
  });
});

describe('resume', () => {
  test('follows the call from its first token, with one request that buys nothing', async () => {
    server.answerWith((response, request) => {
      expect(request.method).toBe('GET');
      return streaming(...whole)(response, request);
    });
    const pieces: string[] = [];
    const answer = await provider().resume(resumeOf({ onText: (piece) => pieces.push(piece) }));
    expect(answer).toMatchObject({
      text: 'Hello',
      finishReason: 'stop',
      usage: { inputTokens: 120, outputTokens: 30 },
      requestId: 'req_wire_1',
    });
    expect(pieces).toEqual(['Hel', 'lo']);
    expect(server.requests.map(({ url }) => url)).toEqual(['/v1/responses/resp_1?stream=true']);
  });

  test.each<[string, Handler, string, string]>([
    ['is not known', notFound, 'Llm.ResumeLost', 'no longer has the call that was left running'],
    ['was cancelled', streaming(created, ended('cancelled')), 'Llm.ResumeLost', 'ended the response as cancelled'],
    ['has expired', streaming(created, ended('expired')), 'Llm.ResumeLost', 'ended the response as expired'],
    [
      'has failed',
      streaming(created, ended('failed', { error: { code: 'server_error', message: '…' } })),
      'Llm.ServerError',
      'broke its answer off with server_error',
    ],
    [
      'was filtered',
      streaming(created, ended('incomplete', { incomplete_details: { reason: 'content_filter' } })),
      'Llm.ContentFiltered',
      'refused the answer for its content policy (content_filter)',
    ],
    [
      'says another text at its end than it streamed',
      streaming(created, textDelta(0, 'Hello'), ended('completed', { output: [messageOf('Howdy, Hello')] })),
      'Llm.ResumeLost',
      'ended its answer with another text than it had streamed',
    ],
    ['is cut again', cutAfter(created, textDelta(0, 'Hel')), 'Llm.Truncated', 'broke its answer off before the end'],
  ])('of a response that %s', async (_what, serve, type, message) => {
    server.answerWith(serve);
    expect(await failureOf(provider().resume(resumeOf()))).toMatchObject({
      type,
      message: `responses-eastus ${message}`,
    });
    expect(server.requests).toHaveLength(1);
  });

  test('asks again for an id that is too new for the provider to know it', async () => {
    server.answerWith(inTurn(notFound, streaming(...whole)));
    const answer = await provider().resume(resumeOf({ resumable: { ...resumable, givenAtMs: Date.now() } }));
    expect(answer.text).toBe('Hello');
    expect(server.requests.map(({ url }) => url)).toEqual(Array(2).fill('/v1/responses/resp_1?stream=true'));
  });

  test('is lost when the provider does not know an id that is no longer new', async () => {
    server.answerWith(notFound);
    const call = resumeOf({ resumable: { ...resumable, givenAtMs: Date.now() - 5_000 } });
    expect(await failureOf(provider().resume(call))).toMatchObject({ type: 'Llm.ResumeLost' });
    expect(server.requests).toHaveLength(1);
  });

  test('has the timers of any call', async () => {
    server.answerWith(hangingAfter(created, textDelta(0, 'Hel')));
    const call = resumeOf({ timeouts: { ...timeouts, idleMs: 40 } });
    expect(await failureOf(provider().resume(call))).toMatchObject({ type: 'Llm.Stalled' });
  });

  test('asks for the whole response where it is no longer streamed', async () => {
    const output = [messageOf('Hello')];
    server.answerWith(inTurn(tooOld, status(200, responseOf('completed', { output }))));
    const pieces: string[] = [];
    const answer = await provider().resume(resumeOf({ onText: (piece) => pieces.push(piece) }));
    expect(answer).toMatchObject({ text: 'Hello', usage: { inputTokens: 120, outputTokens: 30, reasoningTokens: 10 } });
    expect(pieces).toEqual(['Hello']);
    expect(server.requests.map(({ url }) => url)).toEqual(['/v1/responses/resp_1?stream=true', '/v1/responses/resp_1']);
  });

  test('asks again while the response is not finished, for as long as the call may take', async () => {
    server.answerWith(inTurn(tooOld, status(200, responseOf('in_progress'))));
    const call = resumeOf({ timeouts: { ...timeouts, callMs: 60 } });
    expect(await failureOf(provider().resume(call))).toMatchObject({ type: 'Llm.Timeout', details: { timer: 'call' } });
    expect(server.requests).toHaveLength(2);
  });

  test('asks for the rest when the events stop short of the last one', async () => {
    const output = [messageOf('Hello')];
    server.answerWith(
      inTurn(streaming(created, textDelta(0, 'Hel')), status(200, responseOf('completed', { output }))),
    );
    const pieces: string[] = [];
    const answer = await provider().resume(resumeOf({ onText: (piece) => pieces.push(piece) }));
    expect(answer).toMatchObject({ text: 'Hello', usage: { outputTokens: 30 } });
    expect(pieces).toEqual(['Hel', 'lo']);
  });

  test('is lost when the events stop short because it was cancelled', async () => {
    server.answerWith(inTurn(streaming(created, textDelta(0, 'Hel')), status(200, responseOf('cancelled'))));
    expect(await failureOf(provider().resume(resumeOf()))).toMatchObject({ type: 'Llm.ResumeLost' });
  });

  test('stops asking when the caller aborts', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    server.answerWith(
      inTurn(tooOld, (response, request) => {
        setImmediate(() => controller.abort(reason));
        return status(200, responseOf('queued'))(response, request);
      }),
    );
    expect(await failureOf(provider().resume(resumeOf({ signal: controller.signal })))).toBe(reason);
  });

  test('is lost when the whole response is gone too', async () => {
    server.answerWith(inTurn(tooOld, status(404, { error: { message: 'not found' } })));
    expect(await failureOf(provider().resume(resumeOf()))).toMatchObject({ type: 'Llm.ResumeLost' });
  });
});

describe('cancelResumable', () => {
  const cancel = (signal = new AbortController().signal) =>
    provider().cancelResumable({ resumable, callId: 'run-1/cancel', signal });

  test('ends the call with one request', async () => {
    server.answerWith(status(200, responseOf('cancelled')));
    await cancel();
    expect(server.requests.map(({ url }) => url)).toEqual(['/v1/responses/resp_1/cancel']);
    expect(server.requests[0]?.headers['x-client-request-id']).toBe('run-1/cancel');
  });

  test.each([
    ['gone', status(404, { error: { message: 'not found' } })],
    ['being ended already', status(409, '<html>conflict</html>')],
    ['over', status(400, { error: { message: 'Cannot cancel a completed response.', type: 'invalid_request_error' } })],
  ])('is content when the call is %s', async (_what, serve) => {
    server.answerWith(serve);
    await expect(cancel()).resolves.toBeUndefined();
  });

  test('fails as a call does, without trying again', async () => {
    server.answerWith(status(503, { error: { code: 'server_is_overloaded' } }));
    expect(await failureOf(cancel())).toMatchObject({ type: 'Llm.Overloaded', details: { status: 503 } });
    expect(server.requests).toHaveLength(1);
  });

  test('is given up when the caller aborts', async () => {
    const controller = new AbortController();
    const reason = new Error('no time left');
    server.answerWith(() => controller.abort(reason));
    expect(await failureOf(cancel(controller.signal))).toBe(reason);
  });
});
