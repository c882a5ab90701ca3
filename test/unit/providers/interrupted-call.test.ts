import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createProvider } from '../../../src/providers/create-provider';
import { answerOf, apiKey, callOf, dialects, endpointOf, failureOf, providerOf, timeouts } from './dialects';
import { beginStream, hangingAfter, pause, streaming, WireServer } from './wire-server';

let server: WireServer;
beforeAll(async () => void (server = await WireServer.start()));
afterAll(() => server.stop());

describe.each(dialects)('an interrupted call to $name', (dialect) => {
  const { start, text, finish, usage, end, reasons, ping } = dialect;
  const call = (changes: Parameters<typeof callOf>[0] = {}) => providerOf(dialect, server.url).call(callOf(changes));

  test('closes the socket and throws the reason when the caller aborts in the middle', async () => {
    server.answerWith(hangingAfter(start, text('Hel')));
    const controller = new AbortController();
    const reason = new Error('cancelled by the workflow');
    const failure = failureOf(call({ signal: controller.signal, onText: () => controller.abort(reason) }));

    expect(await failure).toBe(reason);
    await server.requests[0]?.closed;
  });

  test('closes the socket and throws the reason when the caller aborts before the headers', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    server.answerWith(() => controller.abort(reason));

    expect(await failureOf(call({ signal: controller.signal }))).toBe(reason);
    await server.requests[0]?.closed;
  });

  test('sends nothing when the caller has aborted already', async () => {
    server.answerWith(streaming(answerOf(dialect, 'Hi')));
    const reason = new Error('too late');

    expect(await failureOf(call({ signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(server.requests).toHaveLength(0);
  });

  test('waits through reasoning and pings: who gives a sign of life is not silent', async () => {
    server.answerWith(async (response) => {
      beginStream(response);
      response.write(start);
      for (let index = 0; index < 6; index++) {
        await pause(20);
        response.write(index < 3 ? ping : dialect.reasoning);
      }
      response.write(text('Hi'));
      for (let index = 0; index < 3; index++) {
        await pause(20);
        response.write(ping);
      }
      response.end(finish(reasons.stop, usage) + end);
    });
    expect((await call({ timeouts: { ...timeouts, firstTokenMs: 60, idleMs: 60 } })).text).toBe('Hi');
  });

  test('does not take its own blocked event loop for a silent provider', async () => {
    let stream: Parameters<typeof beginStream>[0] | undefined;
    server.answerWith((response) => {
      beginStream(response);
      response.write(start + text('Hel'));
      stream = response;
    });
    const onText = (piece: string): void => {
      if (piece !== 'Hel') return;
      stream?.end(text('lo') + finish(reasons.stop, usage) + end); // In the socket before the timer is due …
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 90); // … but read only after it.
    };
    expect((await call({ timeouts: { ...timeouts, idleMs: 40 }, onText })).text).toBe('Hello');
  });

  test('is bounded by its call timer, however much the provider pings', async () => {
    server.answerWith(async (response) => {
      beginStream(response);
      while (!response.destroyed) {
        response.write(ping);
        await pause(5);
      }
    });
    expect(await failureOf(call({ timeouts: { ...timeouts, callMs: 60 } }))).toMatchObject({
      type: 'Llm.Timeout',
      details: { timer: 'call' },
    });
  });

  test('blames the connect timer when TCP stands but TLS never does', async () => {
    const mute = createTcpServer();
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const { port } = mute.address() as AddressInfo;
    const endpoint = { ...endpointOf(dialect, ''), baseUrl: `https://127.0.0.1:${port}` };
    const sockets = new Set<{ destroy(): void }>();
    mute.on('connection', (socket) => void sockets.add(socket.on('error', () => undefined)));

    const provider = createProvider({ endpoint, apiKey });
    const failure = await failureOf(provider.call(callOf({ timeouts: { ...timeouts, connectMs: 40 } })));

    expect(failure).toMatchObject({
      type: 'Llm.Connection',
      message: `${dialect.name}-eastus did not connect within 40 ms`,
      details: { timer: 'connect' },
    });
    sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => mute.close(resolve));
  });
});
