import { once } from 'node:events';
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { makeTemporaryDir, readLines, writeProgram } from '../stack/programs';
import { createListener, resolveRedis } from './modules';
import type { RedisTool } from './modules';

const { dir: top, remove } = makeTemporaryDir();
let counter = 0;
let dir: string;
let bin: string;
const servers: Server[] = [];

beforeEach(() => {
  dir = join(top, String((counter += 1)));
  bin = join(dir, 'bin');
  mkdirSync(bin, { recursive: true });
  // The tests may run as root or not: what needs root is asked of this sudo in either case.
  jest.spyOn(process, 'getuid').mockReturnValue(1000);
});
afterEach(() => {
  jest.restoreAllMocks();
  for (const server of servers.splice(0)) server.close();
});
afterAll(remove);

const versionLine = (version: string): string => `Redis server v=${version} sha=00000000:0 malloc=jemalloc bits=64`;

function writeServer(folder: string, name = 'redis-server', version = '7.0.15'): string {
  mkdirSync(folder, { recursive: true });
  const log = JSON.stringify(join(dir, 'asked.log'));
  const code = `require('fs').appendFileSync(${log}, 'x\\n'); console.log(${JSON.stringify(versionLine(version))});`;
  return writeProgram(folder, name, code);
}

/** A package manager that notes its commands, and installs a redis-server unless told to fail. */
function writeManager(name: string, fails: 'all' | 'update' | 'none' = 'none'): void {
  const serverCode = `#!${process.execPath}\nconsole.log(${JSON.stringify(versionLine('7.2.4'))});`;
  writeProgram(
    bin,
    name,
    `const fs = require('fs'); const args = process.argv.slice(2);
     fs.appendFileSync(${JSON.stringify(join(dir, 'manager.log'))}, args.join(' ') + '\\n');
     if (${JSON.stringify(fails)} === 'all' || args[0] === ${JSON.stringify(fails)}) { console.error('E: Unable to fetch'); process.exit(100); }
     if (args.includes('install')) fs.writeFileSync(${JSON.stringify(join(bin, 'redis-server'))}, ${JSON.stringify(serverCode)}, { mode: 0o755 });`,
  );
}

function writeSudo(isAllowed = true): void {
  const run = `const { status } = require('child_process').spawnSync(process.argv[3], process.argv.slice(4), { stdio: 'inherit' });
               process.exit(status ?? 0);`;
  writeProgram(bin, 'sudo', isAllowed ? `if (process.argv[3] !== 'true') { ${run} }` : 'process.exit(1)');
}

interface Resolved {
  readonly server?: RedisTool;
  readonly fromUrl: boolean;
  readonly said: readonly string[];
}

async function resolve({
  env = {},
  dirs = [],
  multiCall = join(dir, 'none'),
  known,
}: { env?: NodeJS.ProcessEnv; dirs?: string[]; multiCall?: string; known?: RedisTool } = {}): Promise<Resolved> {
  const { reporter, said } = createListener();
  const options = { cache: join(dir, 'cache'), reporter, env: { PATH: bin, ...env }, dirs, multiCall };
  return { ...(await resolveRedis({ ...options, ...(known && { known }) })), said };
}

/** @returns port of a server that answers every command with `reply`, or with nothing */
async function answer(reply?: string): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => (reply === undefined ? socket.destroy() : socket.write(reply)));
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

describe('resolveRedis with REDIS_URL', () => {
  test('takes that Redis, and needs no binary', async () => {
    const port = await answer('+PONG\r\n');
    const env = { REDIS_URL: `redis://127.0.0.1:${port}` };
    expect(await resolve({ env })).toMatchObject({ fromUrl: true });
  });

  test('notes a binary as well, for the day the variable is not set', async () => {
    const path = writeServer(bin);
    const port = await answer('+OK\r\n+PONG\r\n');
    const env = { REDIS_URL: `redis://user:secret@127.0.0.1:${port}` };
    expect(await resolve({ env })).toMatchObject({ fromUrl: true, server: { path, version: '7.0.15' } });
  });

  test.each<[string, () => Promise<string>, RegExp]>([
    ['is no URL', () => Promise.resolve('secret'), /it is not a URL; the form is redis:\/\/host:port/],
    ['has another scheme', () => Promise.resolve('http://secret@h'), /the scheme is http:/],
    ['names nobody', () => Promise.resolve('redis://:secret@127.0.0.1:9'), /127\.0\.0\.1:9: .*ECONNREFUSED/],
    [
      'wants another password',
      async () => `redis://:secret@127.0.0.1:${await answer('-WRONGPASS invalid password\r\n')}`,
      /WRONGPASS/,
    ],
    ['hangs up', async () => `redis://:secret@127.0.0.1:${await answer()}`, /it closed the connection/],
  ])('refuses one that %s, without repeating its password, although there is a binary', async (_, url, message) => {
    writeServer(bin);
    const refused = resolve({ env: { REDIS_URL: await url() } });
    await expect(refused).rejects.toMatchObject({ name: 'BootstrapFailure', message: expect.stringMatching(message) });
    await expect(refused).rejects.toThrow('unset REDIS_URL to use a Redis of our own');
    await expect(refused).rejects.not.toThrow('secret');
  });
});

describe('resolveRedis without REDIS_URL', () => {
  test('prefers PATH to the usual folders, and Redis to Valkey', async () => {
    const usual = join(dir, 'usual');
    const valkey = writeServer(bin, 'valkey-server', '8.0.1');
    expect((await resolve()).server).toMatchObject({ path: valkey, version: '8.0.1' });
    const redis = writeServer(usual);
    expect((await resolve({ dirs: [usual] })).server?.path).toBe(redis);
    const onPath = writeServer(bin);
    expect((await resolve({ dirs: [usual] })).server?.path).toBe(onPath);
  });

  test("makes a server of Debian's redis-check-rdb, which is the same binary", async () => {
    const multiCall = writeServer(join(dir, 'debian'), 'redis-check-rdb');
    const { server } = await resolve({ multiCall });
    expect(server?.path).toBe(join(dir, 'cache', 'redis', 'redis-server'));
    expect(realpathSync(server?.path ?? '')).toBe(realpathSync(multiCall));
    expect((await resolve({ multiCall })).server?.path).toBe(server?.path);
  });

  test('asks a server for its version once', async () => {
    writeServer(bin);
    const { server } = await resolve();
    if (server === undefined) throw new Error('no server');
    await resolve({ known: server });
    expect(readLines(join(dir, 'asked.log'))).toHaveLength(1);
  });

  test('warns of a Redis that is too old', async () => {
    writeServer(bin, 'redis-server', '6.2.7');
    expect((await resolve()).said).toEqual([expect.stringMatching(/is version 6\.2\.7; 7\.0 or newer is needed/)]);
  });

  test('installs the Debian package that starts no service', async () => {
    writeManager('apt-get');
    writeSudo();
    expect((await resolve()).server).toMatchObject({ path: join(bin, 'redis-server'), version: '7.2.4' });
    const install = 'install --yes --no-install-recommends redis-tools';
    expect(readLines(join(dir, 'manager.log'))).toEqual(['update', install]);
  });

  test('installs although one package source cannot be updated', async () => {
    writeManager('apt-get', 'update');
    writeSudo();
    expect((await resolve()).server?.version).toBe('7.2.4');
  });

  test('installs with brew without becoming root', async () => {
    writeManager('brew');
    expect((await resolve()).server?.version).toBe('7.2.4');
    expect(readLines(join(dir, 'manager.log'))).toEqual(['install redis']);
  });

  test('installs once for several that start at the same time', async () => {
    writeManager('brew');
    await Promise.all([resolve(), resolve(), resolve()]);
    expect(readLines(join(dir, 'manager.log'))).toHaveLength(1);
  });

  const byHand =
    "Run `sudo sh -c 'apt-get update && apt-get install --yes --no-install-recommends redis-tools'`, or set REDIS_URL";

  test.each<[string, () => void, NodeJS.ProcessEnv, string]>([
    ['installing is forbidden', () => [writeManager('apt-get'), writeSudo()], { HOLDFAST_NO_INSTALL: '1' }, byHand],
    ['sudo asks for a password', () => [writeManager('apt-get'), writeSudo(false)], {}, byHand],
    ['there is no sudo', () => writeManager('apt-get'), {}, byHand],
    [
      'there is no known package manager',
      () => undefined,
      {},
      'Install redis-server 7 or newer (https://redis.io/docs',
    ],
  ])('installs nothing and says the exact command where %s', async (_, prepare, env, command) => {
    prepare();
    const refused = resolve({ env });
    await expect(refused).rejects.toMatchObject({
      name: 'BootstrapFailure',
      message: expect.stringMatching(/^Redis is missing: /),
    });
    await expect(refused).rejects.toThrow(command);
    expect(existsSync(join(dir, 'manager.log'))).toBe(false);
  });

  test('says why the installation failed, and the exact command', async () => {
    writeManager('apt-get', 'all');
    writeSudo();
    const refused = resolve();
    await expect(refused).rejects.toThrow(
      /installing it failed: .*apt-get install .*exit code 100\nE: Unable to fetch/s,
    );
    await expect(refused).rejects.toThrow(byHand);
  });
});
