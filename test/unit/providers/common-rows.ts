/** What goes wrong in the same way at every provider: sockets, timers, streams, sizes, statuses without a code. */
import { pipeline, Readable } from 'node:stream';
import type { FailureType } from '../../../src/errors/failure-types';
import type { Dialect } from './dialects';
import type { FailureRow } from './failure-table';
import { cutAfter, hangingAfter, status, streamHeaders, streaming } from './wire-server';
import type { Handler } from './wire-server';

export function commonRows(dialect: Dialect): FailureRow[] {
  return [
    ...transportRows(dialect),
    ...timerRows(dialect),
    ...endMarkRows(dialect),
    ...streamRows(dialect),
    ...sizeRows(dialect),
    ...bodyRows(),
    ...statusRows(),
  ];
}

function transportRows({ start, text }: Dialect): FailureRow[] {
  return [
    {
      when: 'the connection is reset before the headers',
      serve: (response) => void response.socket?.resetAndDestroy(),
      type: 'Llm.Connection',
      message: 'lost or refused the connection (ECONNRESET)',
      details: { code: 'ECONNRESET', status: undefined, usage: undefined },
    },
    {
      when: 'the peer does not speak HTTP',
      serve: (response) => void response.socket?.end('SSH-2.0-OpenSSH_9.9\r\n'),
      type: 'Llm.Connection',
    },
    {
      when: 'the headers are larger than any sane header',
      serve: (response) => void response.socket?.end(`HTTP/1.1 200 OK\r\nx-garbage: ${'x'.repeat(200_000)}\r\n\r\n`),
      type: 'Llm.Connection',
      details: { code: 'HPE_HEADER_OVERFLOW' },
    },
    {
      when: 'the status is no status',
      serve: (response) => void response.socket?.end('HTTP/1.1 999 Surprise\r\ncontent-length: 0\r\n\r\n'),
      type: 'Llm.Connection',
      details: { code: 'INVALID_STATUS' },
    },
    {
      when: 'the connection is cut in the middle of the answer',
      serve: cutAfter(start, text('Hel')),
      type: 'Llm.Truncated',
      message: 'broke its answer off before the end',
      details: { code: 'ECONNRESET', requestId: 'req_wire_1' },
    },
  ];
}

function timerRows({ start, text, ping }: Dialect): FailureRow[] {
  return [
    {
      when: 'nothing comes after the request',
      serve: () => undefined,
      type: 'Llm.Timeout',
      message: 'sent no content for 40 ms',
      details: { timer: 'firstToken', usage: undefined },
      timeouts: { firstTokenMs: 40 },
    },
    {
      when: 'nothing comes after the headers and a first ping',
      serve: hangingAfter(ping, start),
      type: 'Llm.Timeout',
      details: { timer: 'firstToken', usage: expect.objectContaining({ estimated: true }) as unknown },
      timeouts: { firstTokenMs: 40 },
    },
    {
      when: 'the stream stalls',
      serve: hangingAfter(start, text('Hel')),
      type: 'Llm.Stalled',
      message: 'fell silent for 40 ms in its answer',
      details: { timer: 'idle', usage: expect.objectContaining({ estimated: true }) as unknown },
      timeouts: { idleMs: 40 },
    },
    {
      when: 'the call as a whole takes too long',
      serve: hangingAfter(start, text('Hel')),
      type: 'Llm.Timeout',
      message: 'did not finish within 40 ms',
      details: { timer: 'call' },
      timeouts: { callMs: 40 },
    },
    {
      when: 'the body of an error never ends',
      serve: (response) => {
        response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '2' });
        response.write('{"error":');
      },
      type: 'Llm.RateLimited',
      details: { status: 429, retryAfterMs: 2_000, timer: undefined },
      timeouts: { callMs: 60 },
    },
  ];
}

function endMarkRows({ start, text, finish, usage, end, endMark, reasons }: Dialect): FailureRow[] {
  const unmarked: FailureRow = {
    when: 'the stream ends with a finish reason but without the end mark',
    serve: streaming(start, text('Hello'), finish(reasons.stop, usage)),
    type: 'Llm.Truncated',
  };
  const unfinished: FailureRow = {
    when: 'the end mark comes without a finish reason',
    serve: streaming(start, text('Hello'), end),
    type: 'Llm.Truncated',
  };
  return [...(endMark === 'required' ? [unmarked] : []), ...(end === '' ? [] : [unfinished])];
}

function streamRows({ start, text, reasoning, finish, usage, end, reasons }: Dialect): FailureRow[] {
  const filtered = finish(reasons.filtered, usage) + end;
  return [
    { when: 'the stream ends cleanly in the middle', serve: streaming(start, text('Hel')), type: 'Llm.Truncated' },
    {
      when: 'the last event is cut in the middle',
      serve: cutAfter(start, text('Hello'), finish(reasons.stop, usage).slice(0, -20)),
      type: 'Llm.Truncated',
    },
    {
      when: 'an event is not JSON',
      serve: streaming(start, text('Hello').replace('}\n\n', '\n\n'), finish(reasons.stop, usage), end),
      type: 'Llm.Truncated',
      message: 'sent an event that is not JSON',
    },
    {
      when: 'the whole answer has no text',
      serve: streaming(start, finish(reasons.stop, usage), end),
      type: 'Llm.EmptyResponse',
      message: `answered without any content (${reasons.stop})`,
      details: { usage: expect.not.objectContaining({ estimated: true }) as unknown },
    },
    { when: 'it ends without a word and without a reason', serve: streaming(start, end), type: 'Llm.EmptyResponse' },
    { when: 'it ends within its reasoning', serve: streaming(start, reasoning, end), type: 'Llm.Truncated' },
    {
      when: 'it is white space',
      serve: streaming(start, text(' \\n'), finish(reasons.stop), end),
      type: 'Llm.EmptyResponse',
    },
    {
      when: 'reasoning took all the tokens',
      serve: streaming(start, finish(reasons.length, usage), end),
      type: 'Llm.EmptyResponse',
      message: `answered without any content (${reasons.length})`,
    },
    {
      when: 'the answer is refused for the content policy',
      serve: streaming(start, text('I can'), filtered),
      type: 'Llm.ContentFiltered',
      message: `refused the answer for its content policy (${reasons.filtered})`,
      details: { code: reasons.filtered, usage: expect.objectContaining({ outputTokens: 30 }) as unknown },
    },
    {
      when: 'the connection is cut right after a refusal',
      serve: cutAfter(start, text('I can'), finish(reasons.filtered, usage)),
      type: 'Llm.ContentFiltered',
    },
    { when: 'it is refused without a word', serve: streaming(start, filtered), type: 'Llm.ContentFiltered' },
  ];
}

/** Written as fast as it is read, until the reader has had enough. */
function endless(head: { type: string; code: number }, begin: string, piece: string): Handler {
  return (response) => {
    response.writeHead(head.code, { 'content-type': head.type, ...streamHeaders });
    response.write(begin);
    pipeline(Readable.from(repeated(Buffer.from(piece))), response, () => undefined);
  };
}

function* repeated(piece: Buffer): Generator<Buffer> {
  for (;;) yield piece;
}

function sizeRows({ start, text }: Dialect): FailureRow[] {
  const events = { type: 'text/event-stream', code: 200 };
  const mebibyte = 'x'.repeat(2 ** 20);
  const tooLarge: Pick<FailureRow, 'type' | 'message' | 'details'> = {
    type: 'Llm.OutputInvalid',
    message: 'sent more than 16 MiB in one answer',
    details: { code: 'answer_too_large' },
  };
  return [
    { when: 'the text never ends', serve: endless(events, start, text(mebibyte)), ...tooLarge },
    { when: 'one event never ends', serve: endless(events, start, mebibyte), ...tooLarge },
    {
      when: 'the page of a gateway never ends',
      serve: endless({ type: 'text/html', code: 200 }, '<html>', mebibyte),
      type: 'Llm.ServerError',
      details: { code: 'unexpected_content_type' },
    },
    {
      when: 'the body of an error is endless',
      serve: endless({ type: 'application/json', code: 503 }, '{"error":{"message":"', mebibyte),
      type: 'Llm.Overloaded',
      details: { status: 503 },
    },
  ];
}

function bodyRows(): FailureRow[] {
  const json = { 'content-type': 'application/json' };
  return [
    {
      when: 'a gateway answers 200 with its own page',
      serve: status(200, '<!doctype html><title>Sign in</title>'),
      type: 'Llm.ServerError',
      message: 'answered 200 with text/html instead of an event stream',
      details: { status: 200, code: 'unexpected_content_type' },
    },
    { when: 'it answers with a document', serve: status(200, { object: 'chat.completion' }), type: 'Llm.ServerError' },
    { when: 'it answers 200 with cut JSON', serve: status(200, '{"choices":[{"mess', json), type: 'Llm.Truncated' },
    { when: 'it answers 200 with an empty stream', serve: streaming(), type: 'Llm.EmptyResponse' },
    { when: 'it answers 200 with an empty document', serve: status(200, '', json), type: 'Llm.EmptyResponse' },
    { when: 'it answers 204', serve: (response) => void response.writeHead(204).end(), type: 'Llm.EmptyResponse' },
  ];
}

/** Statuses without a body that says more, such as a proxy sends them. */
function statusRows(): FailureRow[] {
  const types: readonly (readonly [number, FailureType])[] = [
    [400, 'Llm.BadRequest'],
    [401, 'Llm.Authentication'],
    [402, 'Llm.QuotaExhausted'],
    [403, 'Llm.Authentication'],
    [404, 'Llm.ModelNotFound'],
    [405, 'Llm.BadRequest'],
    [408, 'Llm.Timeout'],
    [409, 'Llm.ServerError'],
    [413, 'Llm.ContextTooLong'],
    [418, 'Llm.BadRequest'],
    [422, 'Llm.BadRequest'],
    [429, 'Llm.RateLimited'],
    [500, 'Llm.ServerError'],
    [502, 'Llm.ServerError'],
    [503, 'Llm.Overloaded'],
    [504, 'Llm.ServerError'],
    [529, 'Llm.Overloaded'],
    [599, 'Llm.ServerError'],
  ];
  const bare = types.map(([code, type]) => ({
    when: `it answers ${code} with a page of a proxy`,
    serve: status(code, '<html>sorry</html>'),
    type,
    details: { status: code, code: undefined },
  }));
  const redirects = [301, 302, 307, 308].map((code) => ({
    when: `it redirects with ${code}`,
    serve: status(code, '', { location: '/elsewhere' }),
    type: 'Llm.ServerError' as const,
    message: `answered ${code}, a redirect, which is never followed; check the base URL of the endpoint`,
    details: { status: code },
  }));
  return [...bare, ...redirects];
}
