import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isRunning, makeTemporaryDir, until, writeProgram } from '../stack/programs';
import { findOnPath, runCommand } from './modules';

const { dir, remove } = makeTemporaryDir();

afterAll(remove);

const stayAlive = 'setInterval(() => {}, 1000);';

function run(code: string, options?: Parameters<typeof runCommand>[2]): ReturnType<typeof runCommand> {
  return runCommand(process.execPath, ['-e', code], options);
}

describe('runCommand', () => {
  test('gives the output, each line as it comes, and keeps the last lines for a message', async () => {
    const lines: string[] = [];
    const result = await run(`console.log('one'); for (let i = 0; i < 60; i++) console.error(i);`, {
      onLine: (line) => lines.push(line),
    });
    expect(result).toMatchObject({ ok: true, reason: '', stdout: 'one' });
    expect(lines).toHaveLength(61);
    expect(result.tail.split('\n')).toHaveLength(40);
    expect(result.tail).toMatch(/\n59$/);
  });

  test.each<[string, string, RegExp]>([
    ['fails', 'process.exit(3)', /^exit code 3$/],
    ['is killed', `process.kill(process.pid, 'SIGKILL')`, /^ended by SIGKILL$/],
  ])('says how a command ended that %s', async (_, code, reason) => {
    expect(await run(code)).toMatchObject({ ok: false, reason: expect.stringMatching(reason) });
  });

  test('says why a command could not be started', async () => {
    expect(await runCommand('/no/such/program', [])).toMatchObject({
      ok: false,
      reason: expect.stringMatching('ENOENT'),
    });
  });

  test('ends a command that takes too long', async () => {
    const result = await run(`console.log(process.pid); ${stayAlive}`, { timeoutMs: 300 });
    expect(result).toMatchObject({ ok: false, reason: 'no end after 0.3 s' });
    await until('it has ended', () => !isRunning(Number(result.stdout)));
  });

  test('ends a command that says nothing any more, however long it has run', async () => {
    const code = `let n = 0; const t = setInterval(() => { console.log(n); if ((n += 1) === 6) clearInterval(t); }, 100); ${stayAlive}`;
    const result = await run(code, { stallMs: 400 });
    expect(result).toMatchObject({ ok: false, reason: 'no output for 0.4 s', stdout: '0\n1\n2\n3\n4\n5' });
  });
});

describe('findOnPath', () => {
  test('takes the first name in the first folder that has it, and only what can be run', () => {
    const [one = '', two = '', extra = ''] = ['one', 'two', 'extra'].map((name) => join(dir, name));
    for (const folder of [one, two, extra]) mkdirSync(folder);
    mkdirSync(join(one, 'tool'));
    const plain = join(one, 'other');
    writeFileSync(plain, '');
    chmodSync(plain, 0o644);
    writeProgram(two, 'other', '');
    writeProgram(extra, 'tool', '');
    const env = { PATH: [one, 'relative', two].join(delimiter) };
    expect(findOnPath(['other'], { env })).toBe(join(two, 'other'));
    expect(findOnPath(['tool'], { env })).toBeUndefined();
    expect(findOnPath(['tool', 'other'], { env, extraDirs: [extra] })).toBe(join(extra, 'tool'));
    expect(findOnPath(['other'], { env: {} })).toBeUndefined();
  });
});
