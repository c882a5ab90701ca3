import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { loopback } from '../../../src/stack/ports';
import { askRedis, parseReply } from '../../../src/stack/resp';

describe('parseReply', () => {
  test.each<[string, string | undefined]>([
    ['+PONG\r\n', 'PONG'],
    ['$5\r\nhello\r\n', 'hello'],
    ['$0\r\n\r\n', ''],
    ['$6\r\nzürn\n\r\n', 'zürn\n'],
    ['', undefined],
    ['+PON', undefined],
    ['$5\r\nhel', undefined],
    ['$5\r\nhello', undefined],
  ])('reads %j as %j', (text, reply) => {
    expect(parseReply(Buffer.from(text))).toBe(reply);
  });

  test('takes anything else for a failure', () => {
    expect(parseReply(Buffer.from('-NOAUTH Authentication required.\r\n'))).toEqual(
      new Error('NOAUTH Authentication required.'),
    );
  });
});

describe('askRedis', () => {
  const servers: Server[] = [];

  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function serve(answers: readonly string[]): Promise<{ port: number; asked(): string }> {
    let asked = '';
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        asked += chunk.toString();
        // One after the other, so that they arrive as separate pieces.
        const send = (index: number): void => {
          const piece = answers[index];
          if (piece === undefined) socket.end();
          else socket.write(piece, () => setImmediate(send, index + 1));
        };
        send(0);
      });
    });
    servers.push(server);
    await once(server.listen(0, loopback), 'listening');
    return { port: (server.address() as AddressInfo).port, asked: () => asked };
  }

  test('sends lengths in bytes and puts a reply together that comes in pieces', async () => {
    const { port, asked } = await serve(['$1', '1\r\nprocess_id', ':\r', '\n']);
    expect(await askRedis(port, loopback, ['INFO', 'zürn'])).toBe('process_id:');
    expect(asked()).toBe('*2\r\n$4\r\nINFO\r\n$5\r\nzürn\r\n');
  });

  test.each<[string, readonly string[], RegExp]>([
    ['refuses', ['-ERR no\r\n'], /^ERR no$/],
    ['hangs up in the middle', ['$5\r\nhe'], /connection closed/],
  ])('rejects when the server %s', async (_, answers, message) => {
    const { port } = await serve(answers);
    await expect(askRedis(port, loopback, ['PING'])).rejects.toThrow(message);
  });

  test('rejects when nobody listens', async () => {
    const { port } = await serve([]);
    await new Promise((done) => servers.pop()?.close(done));
    await expect(askRedis(port, loopback, ['PING'])).rejects.toThrow('ECONNREFUSED');
  });
});
