import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeTemporaryDir, until, writeProgram } from '../stack/programs';
import { root, withLock } from './modules';

const { dir, remove } = makeTemporaryDir();
let counter = 0;
let file: string;

beforeEach(() => {
  file = join(dir, String((counter += 1)), 'work.lock');
  mkdirSync(dirname(file));
});
afterAll(remove);

const ignore = (): void => undefined;

/** A process that takes the lock, says so, and holds it until it is killed. */
async function holdElsewhere(): Promise<{ pid: number; kill(): Promise<unknown> }> {
  const module = JSON.stringify(join(root, 'scripts/bootstrap/lock.cjs'));
  const program = writeProgram(
    dir,
    'holder.cjs',
    `require(${module}).withLock(${JSON.stringify(file)}, () => {}, () => new Promise(() => { console.log('held'); setInterval(() => {}, 1000); }));`,
  );
  const holder = spawn(program, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  return {
    pid: holder.pid as number,
    kill: () => {
      const exited = once(holder, 'exit');
      holder.kill('SIGKILL');
      return exited;
    },
  };
}

describe('withLock', () => {
  test('lets one work at a time, gives back what the work gives, and leaves no file', async () => {
    let atWork = 0;
    let most = 0;
    const work = async (result: number): Promise<number> => {
      most = Math.max(most, (atWork += 1));
      await new Promise(setImmediate);
      atWork -= 1;
      return result;
    };
    const results = await Promise.all([1, 2, 3].map((result) => withLock(file, ignore, () => work(result))));
    expect(results).toEqual([1, 2, 3]);
    expect(most).toBe(1);
    expect(readdirSync(dirname(file))).toEqual([]);
  });

  test('frees the lock when the work fails', async () => {
    await expect(withLock(file, ignore, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(file)).toBe(false);
  });

  test('says once whom it waits for, and takes over when that process is killed', async () => {
    const holder = await holdElsewhere();
    const told: number[] = [];
    const mine = withLock(
      file,
      ({ pid }) => told.push(pid),
      () => Promise.resolve('mine'),
    );
    await until('it has been told', () => told.length > 0);
    await holder.kill();
    expect(await mine).toBe('mine');
    expect(told).toEqual([holder.pid]);
    expect(readdirSync(dirname(file))).toEqual([]);
  });

  test('takes over a lock whose process id belongs to another process now, for one at a time', async () => {
    writeFileSync(file, JSON.stringify({ token: 'old', pid: process.pid, started: '1' }));
    let atWork = 0;
    const work = async (): Promise<number> => {
      const now = (atWork += 1);
      await new Promise(setImmediate);
      atWork -= 1;
      return now;
    };
    const all = await Promise.all(Array.from({ length: 10 }, () => withLock(file, ignore, work)));
    expect(new Set(all)).toEqual(new Set([1]));
    expect(readdirSync(dirname(file))).toEqual([]);
  });

  test.each(['', '{"token":'])('takes over a lock that a crash cut short to %j, but not at once', async (text) => {
    writeFileSync(file, text);
    let isMine = false;
    const mine = withLock(file, ignore, () => Promise.resolve((isMine = true)));
    await new Promise(setImmediate);
    expect(isMine).toBe(false);
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(file, longAgo, longAgo);
    await mine;
    expect(isMine).toBe(true);
  });

  test('does not free a lock that somebody else has taken meanwhile', async () => {
    const theirs = JSON.stringify({ token: 'theirs', pid: process.ppid });
    await withLock(file, ignore, () => Promise.resolve(writeFileSync(file, theirs)));
    expect(readFileSync(file, 'utf8')).toBe(theirs);
  });

  test('frees the lock when the process ends in the middle of the work', async () => {
    const module = JSON.stringify(join(root, 'scripts/bootstrap/lock.cjs'));
    const code = `require(${module}).withLock(${JSON.stringify(file)}, () => {}, async () => process.exit(7))`;
    const [status] = (await once(spawn(process.execPath, ['-e', code]), 'exit')) as [number];
    expect(status).toBe(7);
    expect(existsSync(file)).toBe(false);
  });
});
