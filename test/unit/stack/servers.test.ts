/** startRedis and startTemporal with programs that answer as the real ones do, so that they can also answer wrongly. */
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { loopback } from '../../../src/stack/ports';
import { startRedis } from '../../../src/stack/redis';
import { createStack } from '../../../src/stack/stack';
import type { Stack } from '../../../src/stack/stack';
import type { PortMove } from '../../../src/stack/start-on-port';
import { startTemporal, temporalDbFile } from '../../../src/stack/temporal';
import { hasNamespace } from '../../../src/stack/temporal-health';
import { makeTemporaryDir, readLines, writeProgram } from './programs';

const { dir: top, remove } = makeTemporaryDir();
let counter = 0;
let dir: string;
let stack: Stack;
const servers: Server[] = [];

beforeEach(async () => {
  dir = join(top, String((counter += 1)));
  mkdirSync(dir);
  stack = await createStack();
});
afterEach(async () => {
  await stack.stop();
  for (const server of servers.splice(0)) server.close();
});
afterAll(remove);

async function occupy(): Promise<number> {
  const server = createServer();
  servers.push(server);
  await once(server.listen(0, loopback), 'listening');
  return (server.address() as AddressInfo).port;
}

/** Notes the arguments it was started with and reads the one behind `flag`. */
const preamble = (): string =>
  `const args = process.argv.slice(2);
   require('fs').appendFileSync(${JSON.stringify(join(dir, 'args.log'))}, JSON.stringify({ args, env: process.env }) + '\\n');
   const option = (flag) => args[args.indexOf(flag) + 1];`;

interface Start {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

function starts(): Start[] {
  return readLines(join(dir, 'args.log')).map((line) => JSON.parse(line) as Start);
}

function writeRedis(pid = 'process.pid'): string {
  return writeProgram(
    top,
    `redis-${counter}`,
    `${preamble()}
     const info = '# Server\\r\\nprocess_id:' + ${pid} + '\\r\\ntcp_port:1\\r\\n';
     require('net').createServer((socket) => socket.on('data', (data) =>
       socket.write(data.includes('INFO') ? '$' + info.length + '\\r\\n' + info + '\\r\\n' : '+PONG\\r\\n'),
     )).listen(Number(option('--port')), '127.0.0.1');`,
  );
}

describe('startRedis', () => {
  test('starts it as the journal needs it, on the loopback interface only', async () => {
    const data = join(dir, 'data');
    const { url, port } = await startRedis(stack, {
      binary: writeRedis(),
      port: 0,
      dir: data,
      logFile: join(dir, 'log'),
    });
    expect(url).toBe(`redis://127.0.0.1:${port}`);
    const { args } = starts()[0]!;
    const settings = args.join(' ');
    expect(settings).toContain(`--port ${port} --bind 127.0.0.1 --dir ${data} --daemonize no`);
    expect(settings).toContain('--appendonly yes --appendfsync always --maxmemory-policy noeviction');
  });

  test('keeps our keys and settings to itself', async () => {
    process.env['OPENAI_API_KEY'] = 'sk-secret';
    await startRedis(stack, { binary: writeRedis(), port: 0, dir, logFile: join(dir, 'log') });
    delete process.env['OPENAI_API_KEY'];
    expect(Object.keys(starts()[0]!.env)).not.toContain('OPENAI_API_KEY');
    expect(Object.keys(starts()[0]!.env)).toContain('PATH');
  });

  test('goes on to the next port when the preferred one is taken, and says so', async () => {
    const taken = await occupy();
    const moves: PortMove[] = [];
    const options = { binary: writeRedis(), port: taken, dir, logFile: join(dir, 'log') };
    const { port } = await startRedis(stack, { ...options, onPortMoved: (move) => moves.push(move) });
    expect(moves).toEqual([{ name: 'Redis', from: taken, to: port }]);
  });

  test('does not take the answers of another Redis for those of its own', async () => {
    const options = { binary: writeRedis('4711'), port: 0, dir, logFile: join(dir, 'log'), readyTimeoutMs: 300 };
    await expect(startRedis(stack, options)).rejects.toMatchObject({
      type: 'Service.Unreachable',
      message: expect.stringMatching(/^Redis is not ready after 0\.3 s/),
    });
  });
});

interface Frontend {
  /** gRPC status of DescribeNamespace. Default 0. */
  readonly status?: number;
  readonly says?: string;
}

/** Answers DescribeNamespace over HTTP/2 and serves a page as Web UI. */
function writeTemporal({ status = 0, says = 'Temporal Server:  127.0.0.1' }: Frontend = {}): string {
  return writeProgram(
    top,
    `temporal-${counter}`,
    `${preamble()}
     const grpc = require('http2').createServer();
     grpc.on('stream', (stream, headers) => {
       if (!headers[':path'].endsWith('/DescribeNamespace')) return stream.close();
       stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
       stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '${status}' }));
       stream.end(Buffer.alloc(5));
     });
     grpc.listen(Number(option('--port')), '127.0.0.1', () =>
       require('http').createServer((_, response) => response.end('ui')).listen(Number(option('--ui-port')), '127.0.0.1', () =>
         console.log(${JSON.stringify(says)})));`,
  );
}

describe('startTemporal', () => {
  const base = (): { port: number; uiPort: number; logFile: string } => ({
    port: 0,
    uiPort: 0,
    logFile: join(dir, 'log'),
  });

  test('tells where the server and its Web UI are once both can be used', async () => {
    const running = await startTemporal(stack, { ...base(), binary: writeTemporal() });
    expect(running.namespace).toBe('default');
    expect(await hasNamespace(running.address, 'default')).toBe(true);
    expect(await (await fetch(running.uiUrl)).text()).toBe('ui');
  });

  test('passes on where runs are kept, settings and search attributes', async () => {
    const dbFile = temporalDbFile(join(dir, 'data'), '1.32.0');
    await startTemporal(stack, {
      ...base(),
      binary: writeTemporal(),
      dbFile,
      dynamicConfig: { 'frontend.WorkflowTimeSkippingEnabled': true, 'a.text': 'x' },
    });
    const { args, env } = starts()[0]!;
    expect(args.slice(0, 4)).toEqual(['server', 'start-dev', '--ip', '127.0.0.1']);
    const text = args.join(' ');
    expect(text).toContain(`--db-filename ${dbFile}`);
    expect(text).toContain('--search-attribute HoldfastPipeline=Keyword --search-attribute HoldfastTenant=Keyword');
    expect(text).toContain('--dynamic-config-value history.transferProcessorMaxPollRPS=100000');
    expect(text).toContain('--dynamic-config-value frontend.WorkflowTimeSkippingEnabled=true');
    expect(text).toContain('--dynamic-config-value a.text="x"');
    expect(Object.keys(env).filter((name) => name.startsWith('TEMPORAL_'))).toEqual([]);
  });

  test.each<[string, Frontend]>([
    ['its namespace is not registered yet', { status: 5 }],
    ['it has not said that it serves', { says: 'starting' }],
  ])('goes on waiting while %s', async (_, frontend) => {
    const options = { ...base(), binary: writeTemporal(frontend), readyTimeoutMs: 400 };
    await expect(startTemporal(stack, options)).rejects.toMatchObject({
      type: 'Service.Unreachable',
      message: expect.stringMatching(/^Temporal is not ready after 0\.4 s/),
    });
  });
});

describe('hasNamespace', () => {
  test('is false where nobody listens, or something else does', async () => {
    const port = await occupy();
    const [server] = servers.splice(0);
    server?.on('connection', (socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(await hasNamespace(`${loopback}:${port}`, 'default')).toBe(false);
    await new Promise((done) => server?.close(done));
    expect(await hasNamespace(`${loopback}:${port}`, 'default')).toBe(false);
  });
});
