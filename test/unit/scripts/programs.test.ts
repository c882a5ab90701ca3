/** The programs in scripts/ as a person or npm runs them, in a copy of the clone's scripts where something else than the
 * real tools has to answer. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess, SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isRunning, makeTemporaryDir, readLines, until, writeProgram } from '../stack/programs';
import { root } from './modules';

const { dir: top, remove } = makeTemporaryDir();
let counter = 0;
let clone: string;
let bin: string;

beforeEach(() => {
  clone = join(top, String((counter += 1)));
  bin = join(clone, 'bin');
  for (const folder of ['bin', 'dist/cli']) mkdirSync(join(clone, folder), { recursive: true });
  for (const folder of ['scripts', '.ci']) cpSync(join(root, folder), join(clone, folder), { recursive: true });
  writeFileSync(join(clone, 'package.json'), '{"type":"commonjs"}');
});
afterAll(remove);

function runNode(args: readonly string[], env: NodeJS.ProcessEnv = process.env): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [...args], { cwd: clone, env, encoding: 'utf8' });
}

describe('bootstrap.mjs', () => {
  test.each([
    [['--only', 'node,coffee'], /^holdfast: --only knows no part "coffee"; there are dependencies, node, temporal/],
    [['--fast'], /^holdfast: Unknown option '--fast'/],
  ])('refuses %j in one line', (args, message) => {
    const { status, stderr } = runNode(['scripts/bootstrap.mjs', ...args]);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(status).toBe(1);
  });

  test('writes what it found beside what it knew, and leaves standard output to others unless asked', () => {
    mkdirSync(join(clone, '.holdfast'));
    writeFileSync(join(clone, '.holdfast/toolchain.json'), '{"redis":{"fromUrl":true}}');
    expect(runNode(['scripts/bootstrap.mjs', '--only', 'node'])).toMatchObject({ status: 0, stdout: '' });
    const { stdout, stderr } = runNode(['scripts/bootstrap.mjs', '--only', 'node', '--json']);
    expect(JSON.parse(stdout)).toEqual({
      redis: { fromUrl: true },
      node: { path: process.execPath, version: process.versions.node },
    });
    expect(stderr).toBe(`holdfast: ready: Node ${process.versions.node}, Redis at REDIS_URL\n`);
  });
});

describe('holdfast.cjs', () => {
  const programs = [['scripts/holdfast.cjs'], ['scripts/run.mjs']];

  function writeMain(code: string): void {
    writeFileSync(join(clone, 'dist/cli/main.js'), code);
  }

  test.each(programs)('%s runs the CLI with the same arguments, output and exit code', (program) => {
    writeMain(`console.log(JSON.stringify(process.argv.slice(2))); process.exit(41);`);
    const { status, stdout } = runNode([program, 'run', '--json', 'a b']);
    expect(stdout).toBe('["run","--json","a b"]\n');
    expect(status).toBe(41);
  });

  test('says what to do when the clone has not been built', () => {
    const { status, stderr } = runNode(['scripts/holdfast.cjs', 'dev']);
    expect(stderr).toMatch(/^holdfast: .*main\.js is missing: run `node scripts\/bootstrap\.mjs` in .*\n$/);
    expect(status).toBe(1);
  });

  test('called with Node 20, runs the CLI under the Node that npm brought', () => {
    writeMain('');
    const folder = join(clone, 'node_modules', `node-${process.platform}-${process.arch}`);
    mkdirSync(join(folder, 'bin'), { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"version":"24.21.0"}');
    writeProgram(join(folder, 'bin'), 'node', 'console.log("the other Node", process.argv[2])');
    writeFileSync(join(clone, 'old.cjs'), `Object.defineProperty(process, 'version', { value: 'v20.20.2' });`);
    const { stdout } = runNode(['--require', './old.cjs', 'scripts/holdfast.cjs']);
    expect(stdout).toBe(`the other Node ${join(clone, 'dist/cli/main.js')}\n`);
  });

  async function start(code: string): Promise<{ launcher: ChildProcess; pid: number }> {
    writeMain(`${code} console.log(process.pid); setInterval(() => {}, 1000);`);
    const launcher = spawn(process.execPath, ['scripts/holdfast.cjs'], {
      cwd: clone,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(launcher.stdout, 'data')) as [Buffer];
    return { launcher, pid: Number(line) };
  }

  test('passes signals on and ends as the CLI does', async () => {
    const { launcher, pid } = await start(`process.on('SIGTERM', () => process.exit(5));`);
    launcher.kill('SIGTERM');
    expect(await once(launcher, 'exit')).toEqual([5, null]);
    expect(isRunning(pid)).toBe(false);
  });

  test('reports a CLI that was killed as shells do', async () => {
    const { launcher, pid } = await start('');
    process.kill(pid, 'SIGKILL');
    expect(await once(launcher, 'exit')).toEqual([137, null]);
  });

  test('killed outright, is missed by the CLI', async () => {
    const { launcher, pid } = await start(`process.on('disconnect', () => process.exit());`);
    launcher.kill('SIGKILL');
    await until('the CLI has ended', () => !isRunning(pid));
  });
});

describe('test.mjs', () => {
  test('runs jest with the same arguments and exit code, whatever NODE_ENV says', () => {
    mkdirSync(join(clone, 'node_modules/jest/bin'), { recursive: true });
    // As the real one: nobody may import this file by name.
    writeFileSync(join(clone, 'node_modules/jest/package.json'), '{"exports":{}}');
    const code = `console.log(JSON.stringify([process.env.NODE_ENV ?? 'not set', ...process.argv.slice(2)])); process.exit(9);`;
    writeFileSync(join(clone, 'node_modules/jest/bin/jest.js'), code);
    const { stdout, status } = runNode(['scripts/test.mjs', '--ci', 'a b'], { ...process.env, NODE_ENV: 'production' });
    expect(stdout).toBe('["not set","--ci","a b"]\n');
    expect(status).toBe(9);
  });
});

describe('check.mjs', () => {
  /** The packages of the checks, none of which lets others read its manifest; those named in `failing` complain. */
  function installTools(failing: readonly string[] = []): void {
    const bins = {
      eslint: 'eslint',
      typescript: 'tsc',
      'dependency-cruiser': 'depcruise',
      knip: 'knip',
      prettier: 'prettier',
    };
    for (const [name, bin] of Object.entries(bins)) {
      const folder = join(clone, 'node_modules', name);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ bin: { [bin]: 'bin.cjs' }, exports: {} }));
      writeProgram(
        folder,
        'bin.cjs',
        failing.includes(name) ? `console.log('${name} complains'); process.exit(1);` : '',
      );
    }
  }

  test('runs every check', () => {
    installTools();
    const { stdout, status } = runNode(['scripts/check.mjs']);
    const names = ['eslint', 'formatting', 'import borders', 'types', 'types of scripts', 'unused code'];
    const passed = [...stdout.matchAll(/^ok {3}(.+) \(/gm)].map(([, name]) => name);
    expect(passed.sort()).toEqual(names);
    expect(status).toBe(0);
  });

  test('goes on when one fails, and shows what that one said', () => {
    installTools(['typescript', 'eslint']);
    const { stdout, status } = runNode(['scripts/check.mjs']);
    expect([...stdout.matchAll(/^FAIL (.+) \(/gm)].map(([, name]) => name).sort()).toEqual([
      'eslint',
      'types',
      'types of scripts',
    ]);
    expect(stdout).toMatch(/^typescript complains$/m);
    expect(stdout.match(/^ok /gm)).toHaveLength(3);
    expect(status).toBe(1);
  });

  test('runs one check by name, and knows the names', () => {
    installTools(['eslint']);
    expect(runNode(['scripts/check.mjs', 'types']).stdout.trim().split('\n')).toHaveLength(1);
    const { stderr, status } = runNode(['scripts/check.mjs', 'typos']);
    expect(stderr).toMatch(/^holdfast: there is no check "typos"; there are eslint, types, /);
    expect(status).toBe(1);
  });
});

describe('.ci/run', () => {
  interface Npm {
    /** What `npm run check` ends with. */
    readonly check?: number;
    /** What jest writes, none when it crashes. */
    readonly report?: object;
    /** What `npm test` ends with. */
    readonly test?: number;
  }

  const green = { numPassedTests: 7, numFailedTests: 0, numPendingTests: 0, numRuntimeErrorTestSuites: 0 };

  /** An npm that notes its commands and environment, and takes its answers from `answers`. */
  function runWith({ check = 0, report, test: testCode = 0 }: Npm): { lines: string[]; status: number | null } {
    writeProgram(
      bin,
      'npm',
      `const fs = require('fs'); const args = process.argv.slice(2);
       const input = fs.readFileSync(0, 'utf8');
       fs.appendFileSync(${JSON.stringify(join(clone, 'npm.log'))}, JSON.stringify({ command: args.slice(0, 2), ci: process.env.CI, input, cwd: process.cwd() }) + '\\n');
       console.error('said on stderr');
       if (args[0] === 'run') process.exit(${check});
       const file = args.find((arg) => arg.startsWith('--outputFile=')).slice('--outputFile='.length);
       const report = ${JSON.stringify(report ?? null)};
       if (report) fs.writeFileSync(file, JSON.stringify(report));
       process.exit(${testCode});`,
    );
    // Only what a shell script needs, besides this npm and this Node.
    const env = { PATH: [bin, join(process.execPath, '..'), '/usr/bin', '/bin'].join(':') };
    const { stdout, stderr, status } = spawnSync(join(clone, '.ci/run'), {
      env,
      encoding: 'utf8',
      input: 'not for npm',
    });
    expect(stderr).toBe('');
    return { lines: stdout.trimEnd().split('\n'), status };
  }

  test('checks, then tests, in the clone, without standard input, with CI set', () => {
    const { lines, status } = runWith({ report: green });
    expect(lines.at(-1)).toBe('7 passed, 0 failed');
    expect(lines).toContain('said on stderr');
    expect(status).toBe(0);
    const commands = readLines(join(clone, 'npm.log')).map((line) => JSON.parse(line) as { cwd: string });
    const same = { ci: 'true', input: '', cwd: expect.stringMatching(`${basename(clone)}$`) };
    expect(commands).toEqual([
      { ...same, command: ['run', 'check'] },
      { ...same, command: ['test', '--'] },
    ]);
  });

  test.each<[string, Npm, string]>([
    ['failed tests', { report: { ...green, numFailedTests: 2 }, test: 1 }, '7 passed, 2 failed'],
    ['files that cannot be run', { report: { ...green, numRuntimeErrorTestSuites: 2 }, test: 1 }, '7 passed, 2 failed'],
    ['failed checks as one, and tests all the same', { check: 1, report: green }, '7 passed, 1 failed'],
    ['a jest that crashes', { test: 134 }, '0 passed, 1 failed'],
    ['a jest that ends well without a report', {}, '0 passed, 1 failed'],
    ['a jest that fails although no test did', { report: green, test: 1 }, '7 passed, 1 failed'],
  ])('counts %s', (_, npm, last) => {
    const { lines, status } = runWith(npm);
    expect(lines.at(-1)).toBe(last);
    expect(status).toBe(1);
  });

  test('says so when tests were skipped', () => {
    const { lines } = runWith({ report: { ...green, numPendingTests: 3 } });
    expect(lines.join('\n')).toContain('3 tests were skipped');
  });

  test('counts a machine without Node as one failure', () => {
    const { stdout, status } = spawnSync('/bin/bash', [join(clone, '.ci/run')], {
      env: { PATH: bin },
      encoding: 'utf8',
    });
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('0 passed, 1 failed');
    expect(status).toBe(1);
  });
});
