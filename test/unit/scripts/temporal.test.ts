import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { makeTemporaryDir, readLines, writeProgram } from '../stack/programs';
import { cachedPath, createListener, resolveTemporal } from './modules';
import type { TemporalTool } from './modules';

const { dir: top, remove } = makeTemporaryDir();
let counter = 0;
let dir: string;
let bin: string;
let cache: string;
let moduleDir: string;
let servers: Server[] = [];

beforeAll(async () => {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  nowhere = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.close();
});
beforeEach(() => {
  dir = join(top, String((counter += 1)));
  [bin, cache, moduleDir] = ['bin', 'cache', 'module'].map((name) => join(dir, name)) as [string, string, string];
  for (const folder of [bin, cache, moduleDir]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(moduleDir, 'go.mod'), 'module example\n\ngo 1.26.8\n');
  writeFileSync(join(moduleDir, 'go.sum'), '');
});
afterEach(() => {
  for (const server of servers) server.closeAllConnections();
  for (const server of servers) server.close();
  servers = [];
});
afterAll(remove);

/** A CLI that says its version and notes each time it is asked. */
function cliCode(server: string): string {
  const log = JSON.stringify(join(dir, 'asked.log'));
  return `require('fs').appendFileSync(${log}, 'x\\n'); console.log('temporal version 1.8.2 (Server ${server}, UI 2.50.1)');`;
}

function writeCli(folder: string, server = '1.32.0'): string {
  mkdirSync(folder, { recursive: true });
  return writeProgram(folder, 'temporal', cliCode(server));
}

interface GoAnswers {
  readonly version?: string;
  readonly toolchain?: string;
  /** What `go list` says before it fails. */
  readonly refusal?: string;
  /** What the built CLI says of its server. */
  readonly builds?: string;
}

/** A Go that notes its commands and "builds" the CLI above. */
function writeGo({ version = 'go1.26.8', toolchain = 'auto', refusal, builds = '1.32.0' }: GoAnswers = {}): void {
  const binary = `#!${process.execPath}\n${cliCode(builds)}`;
  writeProgram(
    bin,
    'go',
    `const fs = require('fs'); const args = process.argv.slice(2);
     if (args[0] === 'env') { console.log(${JSON.stringify(JSON.stringify({ GOVERSION: version, GOTOOLCHAIN: toolchain }))}); process.exit(); }
     fs.appendFileSync(${JSON.stringify(join(dir, 'go.log'))}, [process.cwd(), process.env.CGO_ENABLED, ...args].join(' ') + '\\n');
     if (${JSON.stringify(refusal ?? '')}) { console.error(${JSON.stringify(refusal ?? '')}); process.exit(1); }
     if (args[0] === 'list') console.log('example/a\\nexample/b');
     if (args[0] === 'build') { console.error('example/a'); fs.writeFileSync(args[args.indexOf('-o') + 1], ${JSON.stringify(binary)}, { mode: 0o755 }); }`,
  );
}

/** @returns origin of a download server; without an archive it answers 503 */
async function serve(archive?: Buffer): Promise<string> {
  const server = createServer((request, response) => {
    appendFileSync(join(dir, 'downloads.log'), `${request.url}\n`);
    if (archive === undefined) response.writeHead(503).end();
    else if (request.url === '/archive') response.end(archive);
    else {
      const { port } = server.address() as AddressInfo;
      const where = { archiveUrl: `http://127.0.0.1:${port}/archive`, fileToExtract: 'temporal' };
      response.end(JSON.stringify(where));
    }
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function packCli(): Buffer {
  const folder = join(dir, 'packed');
  writeCli(folder);
  expect(spawnSync('tar', ['-czf', 'cli.tar.gz', 'temporal'], { cwd: folder }).status).toBe(0);
  return readFileSync(join(folder, 'cli.tar.gz'));
}

/** An origin where nobody listens any more. */
let nowhere: string;

interface Resolved {
  readonly tool: TemporalTool;
  readonly said: readonly string[];
}

async function resolve({
  env = {},
  known,
  origin = nowhere,
}: { env?: NodeJS.ProcessEnv; known?: TemporalTool; origin?: string } = {}): Promise<Resolved> {
  const { reporter, said } = createListener();
  const options = { cache, moduleDir, reporter, env: { PATH: bin, ...env }, origin, goDirs: [] };
  return { tool: await resolveTemporal({ ...options, ...(known && { known }) }), said };
}

describe('resolveTemporal', () => {
  test('prefers TEMPORAL_CLI_PATH to PATH and the cache', async () => {
    const wanted = writeCli(join(dir, 'elsewhere'));
    writeCli(bin);
    writeCli(dirname(cachedPath(cache, moduleDir)));
    const { tool } = await resolve({ env: { TEMPORAL_CLI_PATH: wanted } });
    expect(tool).toMatchObject({ path: wanted, serverVersion: '1.32.0', source: 'TEMPORAL_CLI_PATH' });
  });

  test('prefers PATH to the cache, and the cache to the download', async () => {
    const onPath = writeCli(bin);
    writeCli(dirname(cachedPath(cache, moduleDir)));
    const origin = await serve(packCli());
    expect((await resolve({ origin })).tool).toMatchObject({ path: onPath, source: 'PATH' });
    const { tool } = await resolve({ origin, env: { PATH: '' } });
    expect(tool).toMatchObject({ path: cachedPath(cache, moduleDir), source: 'cache' });
    expect(readLines(join(dir, 'downloads.log'))).toEqual([]);
  });

  test.each([
    ['does not run', () => writeProgram(bin, 'temporal', 'process.exit(3)'), /temporal --version` failed: exit code 3/],
    ['is too old', () => writeCli(bin, '1.27.4'), /carries Temporal server 1\.27\.4, and 1\.28 or newer is needed/],
    ['is another program', () => writeProgram(bin, 'temporal', `console.log('hi')`), /names no server version: hi/],
  ])('goes past a CLI on PATH that %s, and says so', async (_, write, said) => {
    write();
    writeCli(dirname(cachedPath(cache, moduleDir)));
    const resolved = await resolve();
    expect(resolved.tool.source).toBe('cache');
    expect(resolved.said).toEqual([expect.stringMatching(said)]);
  });

  test.each([
    ['names nothing', () => join(dir, 'nothing'), /nothing is not an executable file/],
    ['names one that is too old', () => writeCli(join(dir, 'old'), '1.20.0'), /1\.28 or newer is needed/],
  ])('refuses a TEMPORAL_CLI_PATH that %s, although there are others', async (_, write, message) => {
    writeCli(bin);
    const refused = resolve({ env: { TEMPORAL_CLI_PATH: write() } });
    await expect(refused).rejects.toMatchObject({ name: 'BootstrapFailure', message: expect.stringMatching(message) });
    await expect(refused).rejects.toThrow(/TEMPORAL_CLI_PATH .*Correct it, or unset it/);
  });

  test('downloads into the cache, once', async () => {
    const origin = await serve(packCli());
    const first = await resolve({ origin });
    expect(first.tool).toMatchObject({ path: cachedPath(cache, moduleDir), serverVersion: '1.32.0', source: 'cache' });
    expect((await resolve({ origin })).tool.path).toBe(first.tool.path);
    expect(readLines(join(dir, 'downloads.log'))).toEqual([expect.stringMatching(/^\/temporal-cli\/v/), '/archive']);
  });

  test('downloads once for several that start at the same time', async () => {
    const origin = await serve(packCli());
    const all = await Promise.all([1, 2, 3].map(() => resolve({ origin })));
    expect(new Set(all.map(({ tool }) => tool.path)).size).toBe(1);
    expect(readLines(join(dir, 'downloads.log'))).toHaveLength(2);
  });

  test.each([
    ['cannot be reached', () => Promise.resolve(nowhere), /ECONNREFUSED/],
    ['is out of order', () => serve(), /answered 503/],
    ['sends no archive', () => serve(Buffer.from('<html>')), /cannot be unpacked/],
    ['cuts the archive short', () => serve(packCli().subarray(0, 200)), /cannot be unpacked/],
  ])('builds with Go where the download server %s', async (_, start, why) => {
    writeGo();
    const { tool, said } = await resolve({ origin: await start() });
    expect(tool).toMatchObject({ path: cachedPath(cache, moduleDir), serverVersion: '1.32.0' });
    expect(said.join('\n')).toMatch(why);
    expect(said).toEqual(expect.arrayContaining([expect.stringMatching(/1 of at most 2 packages compiled/)]));
    const commands = readLines(join(dir, 'go.log'));
    expect(commands).toHaveLength(2);
    expect(commands[0]).toMatch(/^\S+ 0 list -deps github\.com\/temporalio\/cli\/cmd\/temporal$/);
    expect(commands[1]).toMatch(/ 0 build -v -trimpath .* -o \S+ github\.com\/temporalio\/cli\/cmd\/temporal$/);
    expect(commands.every((command) => command.startsWith(moduleDir))).toBe(true);
  });

  test('builds again when the pinned versions change', async () => {
    writeGo();
    const first = await resolve();
    writeFileSync(join(moduleDir, 'go.sum'), 'example.com/a v1.0.0 h1:x\n');
    const second = await resolve();
    expect(second.tool.path).not.toBe(first.tool.path);
    expect(readLines(join(dir, 'go.log'))).toHaveLength(4);
  });

  test('clears away what a build left behind that was killed', async () => {
    const folder = dirname(cachedPath(cache, moduleDir));
    mkdirSync(join(folder, 'download-x1'), { recursive: true });
    writeFileSync(join(folder, 'partial-temporal'), 'half of it');
    writeGo();
    await resolve();
    expect(readdirSync(folder)).toEqual(['temporal']);
  });

  test('keeps nothing in the cache that does not work', async () => {
    writeGo({ builds: '1.2.3' });
    await expect(resolve()).rejects.toThrow(/fetched or built does not work: .*1\.2\.3/);
    expect(existsSync(cachedPath(cache, moduleDir))).toBe(false);
    writeGo();
    expect((await resolve()).tool.serverVersion).toBe('1.32.0');
  });

  test.each<[string, GoAnswers | undefined, RegExp]>([
    ['there is no Go', undefined, /it cannot be built: there is no Go on PATH/],
    ['Go is too old to fetch a newer one', { version: 'go1.19.8' }, /Go 1\.19\.8 is too old; 1\.26\.8 or newer/],
    [
      'Go may not fetch a newer one',
      { version: 'go1.24.4', toolchain: 'local' },
      /Go 1\.24\.4 is too old \(1\.26\.8 is needed\) and GOTOOLCHAIN=local forbids .*; unset it or install Go 1\.26\.8/,
    ],
    [
      'the module proxy is out of reach',
      { refusal: 'dial tcp: lookup proxy.example: no such host' },
      /`go list` .*exit code 1.*Is the Go module proxy within reach\?\n.*no such host/s,
    ],
  ])('says what to do, with exact commands, where nothing can be downloaded and %s', async (_, go, what) => {
    if (go !== undefined) writeGo(go);
    const refused = resolve();
    await expect(refused).rejects.toMatchObject({ name: 'BootstrapFailure', message: expect.stringMatching(what) });
    await expect(refused).rejects.toThrow('name it in TEMPORAL_CLI_PATH');
    await expect(refused).rejects.toThrow('Install Go 1.26.8 or newer (https://go.dev/dl/)');
    await expect(refused).rejects.toThrow(`\`cd "${moduleDir}" && CGO_ENABLED=0 go build -o `);
  });

  test.each<[string, GoAnswers]>([
    ['by default', { version: 'go1.22.1' }],
    ['where GOTOOLCHAIN says so', { version: 'go1.22.1', toolchain: 'local+auto' }],
  ])('lets an older Go fetch the one it needs %s', async (_, go) => {
    writeGo(go);
    expect((await resolve()).tool.serverVersion).toBe('1.32.0');
  });

  test('asks a CLI for its version once, until the file changes', async () => {
    writeCli(bin);
    const { tool } = await resolve();
    await resolve({ known: tool });
    expect(readLines(join(dir, 'asked.log'))).toHaveLength(1);
    writeCli(bin, '1.33.0-rc.1');
    expect((await resolve({ known: tool })).tool.serverVersion).toBe('1.33.0-rc.1');
  });
});
