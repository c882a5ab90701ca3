/** A TCP proxy before Redis that can fall silent, hold answers back, or be gone, without disturbing other tests. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

export interface FaultProxy {
  readonly url: string;
  /** host:port as messages should name it. */
  readonly address: string;
  /** Nothing passes in either direction until `resume`. */
  hang(): void;
  /** Answers stay here until the given number of further requests has passed. */
  holdAnswersFor(requests: number): void;
  /** Answers arrive this much later, ms, until `resume`. */
  delayAnswers(ms: number): void;
  resume(): void;
  /** Closes every connection and accepts none until `restore`. */
  cut(): Promise<void>;
  restore(): Promise<void>;
  /** Connections that are opened from now on lead to another Redis. */
  leadTo(redisUrl: string): void;
  close(): Promise<void>;
}

export async function startFaultProxy(redisUrl: string): Promise<FaultProxy> {
  let upstream = new URL(redisUrl);
  const sockets = new Set<Socket>();
  let hanging = false;
  let delayMs = 0;
  let awaitedRequests = 0;
  let held: (() => void)[] = [];
  const letGo = (): void => {
    for (const pass of held) pass();
    held = [];
  };

  const server: Server = createServer((client) => {
    // One answer never overtakes another, also when the delay becomes shorter.
    let last: Promise<unknown> = Promise.resolve();
    const passLater = (data: Buffer): void => {
      const delayed = sleep(delayMs);
      last = last.then(() => delayed).then(() => client.write(data));
    };
    const redis = connect(Number(upstream.port || 6379), upstream.hostname);
    for (const socket of [client, redis]) {
      sockets.add(socket);
      socket
        .on('error', () => undefined)
        .on('close', () => {
          sockets.delete(socket);
          client.destroy();
          redis.destroy();
        });
    }
    client.on('data', (data) => {
      if (hanging) return void held.push(() => redis.write(data));
      redis.write(data);
      if (awaitedRequests > 0 && --awaitedRequests === 0) letGo();
    });
    redis.on('data', (data) => {
      if (hanging || awaitedRequests > 0) held.push(() => client.write(data));
      else if (delayMs > 0) passLater(data);
      else void last.then(() => client.write(data));
    });
  });
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const close = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `redis://127.0.0.1:${port}`,
    address: `127.0.0.1:${port}`,
    hang: () => void (hanging = true),
    holdAnswersFor: (requests) => void (awaitedRequests = requests),
    delayAnswers: (ms) => void (delayMs = ms),
    resume: () => {
      hanging = false;
      delayMs = 0;
      letGo();
    },
    cut: close,
    restore: () => listen(port),
    leadTo: (url) => void (upstream = new URL(url)),
    close: async () => (server.listening ? close() : undefined),
  };
}
