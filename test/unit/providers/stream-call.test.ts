import { HoldfastError } from '../../../src/errors/holdfast-error';
import { answerOf, callOf, dialects, failureOf, providerOf, timeouts } from './dialects';
import { beginStream, cutAfter, hangingAfter, pause, status, streaming, WireServer } from './wire-server';

let server: WireServer;
let consoleWrites: jest.SpyInstance[];
beforeAll(async () => {
  // The SDKs remember the console they find first, so it is replaced before any of them is used.
  const levels = ['log', 'warn', 'error', 'debug', 'info'] as const;
  consoleWrites = levels.map((level) => jest.spyOn(console, level).mockImplementation(() => undefined));
  server = await WireServer.start();
});
afterEach(() => consoleWrites.forEach((write) => expect(write).not.toHaveBeenCalled()));
afterAll(() => server.stop());

describe.each(dialects)('a call to $name', (dialect) => {
  const { start, text, finish, usage, end, reasons, ping } = dialect;
  const call = (changes: Parameters<typeof callOf>[0] = {}) => providerOf(dialect, server.url).call(callOf(changes));

  test('gives text, finish reason, usage, model, request id and times of a whole stream', async () => {
    server.answerWith(streaming(answerOf(dialect, 'Hello', ', world')));
    const pieces: string[] = [];

    const answer = await call({ onText: (piece) => pieces.push(piece) });

    expect(answer).toEqual({
      text: 'Hello, world',
      finishReason: 'stop',
      ...dialect.answered,
      requestId: 'req_wire_1',
      firstTokenMs: expect.any(Number) as number,
      durationMs: expect.any(Number) as number,
    });
    expect(pieces).toEqual(['Hello', ', world']);
  });

  test('makes one request, to the path of the API, with the key and the call id', async () => {
    server.answerWith(streaming(answerOf(dialect, 'Hi')));
    await call({ callId: 'run-ü 1/\ud800' });

    expect(server.requests).toHaveLength(1);
    const [request] = server.requests;
    expect(request?.url).toBe(dialect.path);
    expect(request?.headers[dialect.key.header]).toBe(dialect.key.value);
    expect(request?.headers['x-client-request-id']).toBe('run-%C3%BC%201/%EF%BF%BD');
  });

  test('reads a stream that arrives byte by byte, with CRLF line ends and pings in between', async () => {
    const stream = Buffer.from((ping + answerOf(dialect, 'Grüße 🎻') + ping).replaceAll('\n', '\r\n'));
    server.answerWith(async (response) => {
      beginStream(response);
      for (const byte of stream) {
        response.write(Buffer.of(byte));
        await new Promise(setImmediate);
      }
      response.end();
    });
    expect((await call()).text).toBe('Grüße 🎻');
  });

  test('uses the connection again for the next call', async () => {
    server.answerWith(streaming(answerOf(dialect, 'Hi')));
    await call();
    const before = server.connections;
    for (let index = 0; index < 3; index++) {
      await pause(5); // The end of the body is still on its way.
      await call();
    }
    expect(server.connections).toBe(before);
  });

  test('does not take an end mark in the text for the end', async () => {
    const quoted = 'data: [DONE] event: message_stop '.repeat(40);
    const stream = Buffer.from(answerOf(dialect, quoted, 'and more'));
    server.answerWith(async (response) => {
      beginStream(response);
      for (let index = 0; index < stream.length; index += 37) {
        response.write(stream.subarray(index, index + 37));
        await new Promise(setImmediate);
      }
      response.end();
    });
    expect((await call()).text).toBe(`${quoted}and more`);
  });

  test('keeps NUL bytes, joins split surrogate pairs and replaces lone surrogates', async () => {
    server.answerWith(streaming(answerOf(dialect, 'a\\u0000b', '\\ud83d', '\\ude00 \\ud800!', 'end\\udbff')));
    const pieces: string[] = [];
    const answer = await call({ onText: (piece) => pieces.push(piece) });

    expect(answer.text).toBe('a\u0000b😀 \ufffd!end\ufffd');
    expect(pieces.join('')).toBe(answer.text);
    expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
  });

  test('returns an answer that was cut at its token limit, for the caller to decide', async () => {
    server.answerWith(streaming(start, text('Half an ans'), finish(reasons.length, usage), end));
    expect(await call()).toMatchObject({ text: 'Half an ans', finishReason: 'maxTokens' });
  });

  test.each(['paused_by_moon_phase', 'constructor'])('calls the unknown finish reason %s other', async (reason) => {
    server.answerWith(streaming(start, text('Hi'), finish(reason, usage), end));
    expect((await call()).finishReason).toBe('other');
  });

  test('ignores events and fields it does not know', async () => {
    const strange = ['data: null\n\n', 'data: 17\n\n', 'data: {"type":"new_event","choices":{"a":1},"delta":[]}\n\n'];
    const named = strange.map((line) => `event: new_event\n${line}`);
    server.answerWith(streaming(...named, 'id: 7\nretry: 10\n\n', answerOf(dialect, 'Hi')));
    expect((await call()).text).toBe('Hi');
  });

  test('estimates usage that is missing, and says so', async () => {
    server.answerWith(streaming(start.replace(/,"usage":\{[^}]*\}/, ''), text('12345678'), finish(reasons.stop), end));
    // 45 characters of prompt and 8 of answer, 4 to a token.
    expect((await call()).usage).toEqual({ inputTokens: 12, outputTokens: 2, estimated: true });
  });

  test('estimates usage that makes no sense', async () => {
    const nonsense = '{"prompt_tokens":-3,"completion_tokens":"many","output_tokens":1e400,"input_tokens":null}';
    server.answerWith(streaming(start, text('12345678'), finish(reasons.stop, nonsense), end));
    expect((await call()).usage).toMatchObject({ outputTokens: 2, estimated: true });
  });

  test('survives garbage in headers', async () => {
    server.answerWith((response) => {
      beginStreamWith(response, { 'x-ratelimit-reset-tokens': '9'.repeat(4_000), 'retry-after': '\u00ff\u00fe soon' });
      response.end(answerOf(dialect, 'Hi'));
    });
    expect((await call()).text).toBe('Hi');
  });

  test('estimates what a cut stream has cost', async () => {
    server.answerWith(cutAfter(start, text('12345678')));
    const failure = await failureOf(call());
    const inputTokens = dialect.inputTokensAtStart ?? 12;
    expect(failure).toMatchObject({
      type: 'Llm.Truncated',
      details: { usage: { inputTokens, outputTokens: 2, estimated: true }, requestId: 'req_wire_1' },
    });
  });

  test('says nothing of prompt, key, body or provider prose in any failure', async () => {
    const prose =
      'Incorrect API key provided: sk-canary-0123456789. The text of the prompt: What is the canary prompt?';
    const bodies = [
      status(400, { type: 'error', error: { type: prose, message: prose, code: prose, param: prose } }),
      status(401, `<html>${prose}</html>`),
      status(200, `<html>${prose}</html>`),
      streaming(start, `event: content_block_delta\ndata: {"broken": "${prose}\n\n`),
      streaming(start, text(prose), dialect.errorEvent(prose)),
    ];
    for (const body of bodies) {
      server.answerWith(body);
      const failure = (await failureOf(call())) as HoldfastError;
      expect(failure).toBeInstanceOf(HoldfastError);
      const told = JSON.stringify([failure.message, failure.details, failure.cause ?? '']);
      expect(told).not.toMatch(/canary|Incorrect/);
      expect(failure.message).not.toContain('\n');
    }
  });

  test('reports an error of the onText callback as a defect, not as the provider’s failure', async () => {
    server.answerWith(streaming(answerOf(dialect, 'Hi')));
    const defect = new TypeError('cannot read properties of undefined');
    const failure = await failureOf(
      call({
        onText: () => {
          throw defect;
        },
      }),
    );
    expect(failure).toMatchObject({ type: 'Llm.Internal', cause: defect });
  });
});

describe.each(dialects.filter(({ endMark }) => endMark !== 'body'))('a call to $name', (dialect) => {
  const call = () => providerOf(dialect, server.url).call(callOf());

  test('is done at the end mark, also when the connection then hangs', async () => {
    server.answerWith(hangingAfter(answerOf(dialect, 'Hi')));
    const answer = await call();
    expect(answer.text).toBe('Hi');
    expect(answer.durationMs).toBeLessThan(timeouts.idleMs / 2);
    await server.requests[0]?.closed;
  });

  test('is done at the end mark, also when the connection is then reset', async () => {
    let stream: Parameters<typeof beginStream>[0] | undefined;
    server.answerWith((response) => {
      beginStream(response);
      response.write(answerOf(dialect, 'Hi'));
      stream = response;
    });
    expect((await call()).text).toBe('Hi');
    stream?.socket?.resetAndDestroy();
    await server.requests[0]?.closed;
    await pause(20); // Whatever the reset does to this process, it has done by now.
  });
});

function beginStreamWith(response: Parameters<typeof beginStream>[0], headers: Record<string, string>): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
}
