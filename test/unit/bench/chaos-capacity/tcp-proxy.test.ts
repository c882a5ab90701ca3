import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { once } from 'node:events';
import { startTcpProxy } from '../../../../bench/chaos-capacity/tcp-proxy';
import type { TcpProxy } from '../../../../bench/chaos-capacity/tcp-proxy';

const servers: Server[] = [];
const proxies: TcpProxy[] = [];
const sockets: Socket[] = [];

async function startAnswering(name: string): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).on('data', (data) => socket.write(`${name}:${data.toString()}`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

async function startProxy(port: number): Promise<TcpProxy> {
  const proxy = await startTcpProxy(port);
  proxies.push(proxy);
  return proxy;
}

function dial({ port }: TcpProxy): Socket {
  const socket = connect({ port, host: '127.0.0.1' }).setEncoding('utf8');
  socket.on('error', () => undefined);
  sockets.push(socket);
  return socket;
}

async function ask(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [answer] = (await once(socket, 'data')) as [string];
  return answer;
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

describe('startTcpProxy', () => {
  test('passes on what either side says', async () => {
    const proxy = await startProxy(await startAnswering('one'));
    await expect(ask(dial(proxy), 'hello')).resolves.toBe('one:hello');
  });

  test('cuts open connections when it points elsewhere, and leads new ones there', async () => {
    const proxy = await startProxy(await startAnswering('one'));
    const socket = dial(proxy);
    await ask(socket, 'hello');
    const cut = once(socket, 'close');
    proxy.pointTo(await startAnswering('two'));
    await cut;
    await expect(ask(dial(proxy), 'hello')).resolves.toBe('two:hello');
  });

  test('is late by what it is told, each way', async () => {
    const proxy = await startProxy(await startAnswering('one'));
    const socket = dial(proxy);
    await ask(socket, 'hello');
    proxy.delayBy(40);
    const sentAt = performance.now();
    await ask(socket, 'hello');
    expect(performance.now() - sentAt).toBeGreaterThanOrEqual(79);
  });

  test('keeps the order when it becomes faster again', async () => {
    const proxy = await startProxy(await startAnswering('one'));
    const socket = dial(proxy);
    await ask(socket, 'hello');
    let heard = '';
    socket.on('data', (data) => (heard += String(data)));
    proxy.delayBy(50);
    socket.write('a');
    // The proxy must have read it before it gets faster.
    await new Promise((resolve) => setTimeout(resolve, 20));
    proxy.delayBy(0);
    socket.write('b');
    while (!heard.includes('b')) await once(socket, 'data');
    expect(heard.replaceAll('one:', '')).toBe('ab');
  });
});
