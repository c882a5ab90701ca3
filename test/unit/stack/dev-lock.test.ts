import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockStack, readRunningStack } from '../../../src/stack/dev-lock';
import type { StackLock } from '../../../src/stack/dev-lock';
import { openDevStack } from '../../../src/stack/open-dev-stack';
import { identify } from '../../../src/stack/process-identity';
import { isRunning, makeTemporaryDir } from './programs';

const addresses = { temporal: '127.0.0.1:7233', redis: 'redis://127.0.0.1:6390' };
const { dir: root, remove } = makeTemporaryDir();
let counter = 0;
let dir: string;

beforeEach(() => {
  dir = join(root, String((counter += 1)));
});
afterAll(remove);

async function lock(): Promise<StackLock> {
  const answer = await lockStack(dir);
  if (answer.kind !== 'locked') throw new Error(`held by ${answer.running.pid}`);
  return answer.lock;
}

/** The pid of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid as number;
}

function leaveBehind(content: object | string): void {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'lock.json'), typeof content === 'string' ? content : JSON.stringify(content));
}

describe('lockStack', () => {
  test('gives the lock to the first and tells the second who has it', async () => {
    const held = await lock();
    expect(await lockStack(dir)).toMatchObject({ kind: 'running', running: { pid: process.pid } });
    held.publish(addresses);
    expect(await lockStack(dir)).toMatchObject({ kind: 'running', running: { addresses } });
    held.release();
    (await lock()).release();
  });

  test('gives it to one of many that ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => lockStack(dir)));
    expect(answers.filter(({ kind }) => kind === 'locked')).toHaveLength(1);
  });

  test.each([
    ['is dead', async () => ({ pid: await deadPid() })],
    ['has an id that another process got since', () => Promise.resolve({ pid: process.pid, started: '1' })],
  ])('takes over from a holder that %s, for one of many that ask at once', async (_, holder) => {
    leaveBehind({ pid: 1, startedAt: 'then', holder: await holder() });
    const answers = await Promise.all(Array.from({ length: 20 }, () => lockStack(dir)));
    expect(answers.filter(({ kind }) => kind === 'locked')).toHaveLength(1);
    expect(readdirSync(dir)).toEqual(['lock.json']);
  });

  test('takes over a file that was cut short by a crash', async () => {
    leaveBehind('{"pid":');
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(join(dir, 'lock.json'), longAgo, longAgo);
    (await lock()).release();
  });

  test('waits until the guard of a killed stack has ended its servers', async () => {
    const guard = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 300)']);
    leaveBehind({ pid: 1, startedAt: 'then', holder: { pid: await deadPid() }, guard: identify(guard.pid as number) });
    const held = await lock();
    expect(isRunning(guard.pid as number)).toBe(false);
    held.release();
  });

  test('does not free a lock that somebody else has taken meanwhile', async () => {
    const mine = await lock();
    const theirs = { pid: process.ppid, startedAt: 'now', holder: identify(process.ppid) };
    leaveBehind(theirs);
    mine.release();
    expect(readRunningStack(dir)).toMatchObject({ pid: process.ppid });
  });
});

describe('readRunningStack', () => {
  test('knows of none when nothing has started here', () => {
    expect(readRunningStack(dir)).toBeUndefined();
  });

  test('tells who runs it and where its services are', async () => {
    const held = await lock();
    expect(readRunningStack(dir)).toEqual({ pid: process.pid, startedAt: expect.any(String) as string });
    held.publish(addresses);
    expect(readRunningStack(dir)).toMatchObject({ addresses });
    held.release();
  });

  test('removes what a killed stack left behind', async () => {
    leaveBehind({ pid: 1, startedAt: 'then', addresses, holder: { pid: await deadPid() } });
    expect(readRunningStack(dir)).toBeUndefined();
    expect(existsSync(join(dir, 'lock.json'))).toBe(false);
  });
});

describe('openDevStack', () => {
  test('refuses a second stack until the first has stopped', async () => {
    const first = await openDevStack(dir);
    if (first.kind !== 'opened') throw new Error('not opened');
    first.stack.publish(addresses);
    expect(await openDevStack(dir)).toMatchObject({ kind: 'running', running: { pid: process.pid, addresses } });
    await first.stack.stop();
    const second = await openDevStack(dir);
    expect(second.kind).toBe('opened');
    if (second.kind === 'opened') await second.stack.stop();
    expect(readRunningStack(dir)).toBeUndefined();
  });
});
