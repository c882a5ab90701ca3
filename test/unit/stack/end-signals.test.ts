import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { compileStack, makeTemporaryDir, readLines, until, writeProgram } from './programs';

const { dir, remove } = makeTemporaryDir();
let stackModule: string;
let counter = 0;
let log: string;

beforeAll(() => {
  stackModule = compileStack(dir);
});
beforeEach(() => {
  log = join(dir, `reasons-${(counter += 1)}.txt`);
});
afterAll(remove);

/** A process that notes each reason to end and goes on; SIGCONT makes it note that it lives. */
async function start(stdio: 'ipc' | 'ignore' = 'ignore'): Promise<ChildProcess> {
  const program = writeProgram(
    dir,
    `ends-${counter}.cjs`,
    `const { onEndSignal } = require(${JSON.stringify(stackModule)});
     onEndSignal((reason) => require('fs').appendFileSync(${JSON.stringify(log)}, reason + '\\n'));
     process.on('SIGCONT', () => require('fs').appendFileSync(${JSON.stringify(log)}, 'alive\\n'));
     console.log('up'); setInterval(() => {}, 1000);`,
  );
  const child = spawn(program, { stdio: ['ignore', 'pipe', 'inherit', stdio] });
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child;
}

describe('onEndSignal', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'is called for %s, once for one Ctrl-C that comes three times',
    async (signal) => {
      const child = await start();
      child.kill(signal);
      await until('it was called', () => readLines(log).length > 0);
      child.kill(signal);
      child.kill('SIGTERM');
      // Delivered after the others, as its number is higher.
      child.kill('SIGCONT');
      await until('it has seen them all', () => readLines(log).includes('alive'));
      expect(readLines(log)).toEqual([signal, 'alive']);
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  );

  test('ends the process at once for a person who insists', async () => {
    const child = await start();
    const exited = once(child, 'exit') as Promise<[number | null]>;
    // Again and again until the second that belongs to the first Ctrl-C is over.
    const insist = setInterval(() => child.kill('SIGINT'), 100);
    const [code] = await exited;
    clearInterval(insist);
    expect(code).toBe(130);
    expect(readLines(log)).toEqual(['SIGINT']);
  });

  test('is called when the launcher that opened a channel is gone', async () => {
    const child = await start('ipc');
    child.disconnect();
    await until('it was called', () => readLines(log).length > 0);
    expect(readLines(log)).toEqual(['launcher']);
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
});
