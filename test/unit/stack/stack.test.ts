import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createStack } from '../../../src/stack/stack';
import type { Stack } from '../../../src/stack/stack';
import type { ProcessSpec } from '../../../src/stack/process';
import { compileStack, isRunning, makeTemporaryDir, readLines, until, writeProgram } from './programs';

const { dir, remove } = makeTemporaryDir();
let stack: Stack;

beforeEach(async () => {
  stack = await createStack();
});
afterEach(() => stack.stop());
afterAll(remove);

const stayAlive = 'setInterval(() => {}, 1000);';
const ignoreTerm = `process.on('SIGTERM', () => {}); ${stayAlive} console.log('up');`;

function node(name: string, code: string, more: Partial<ProcessSpec> = {}): ProcessSpec {
  return { name, command: process.execPath, args: ['-e', code], logFile: join(dir, `${name}.log`), ...more };
}

describe('Stack.start', () => {
  test('resolves when the ready line appears, with what it matched', async () => {
    const code = `setTimeout(() => console.log('listening on 4711'), 50); ${stayAlive}`;
    const child = await stack.start(node('ready', code, { readyLine: /listening on (\d+)/ }));
    expect(child.ready?.[1]).toBe('4711');
    expect(isRunning(child.pid)).toBe(true);
  });

  test('does not take the ready line of an earlier run for its own', async () => {
    const spec = node('again', `console.log('up'); ${stayAlive}`, { readyLine: /up/ });
    await (await stack.start(spec)).stop();
    const mute = node('again', stayAlive, { readyLine: /up/, readyTimeoutMs: 200 });
    await expect(stack.start(mute)).rejects.toThrow('again is not ready after 0.2 s');
  });

  test('waits for the check as well, and counts its exceptions as "not yet"', async () => {
    let asked = 0;
    const isReady = (): Promise<boolean> => {
      asked += 1;
      return asked === 1 ? Promise.reject(new Error('refused')) : Promise.resolve(asked === 3);
    };
    await stack.start(node('checked', stayAlive, { isReady }));
    expect(asked).toBe(3);
  });

  test('names the command that does not exist', async () => {
    const spec = { name: 'ghost', command: '/no/such/program', args: [], logFile: join(dir, 'ghost.log') };
    await expect(stack.start(spec)).rejects.toMatchObject({
      type: 'Service.Unreachable',
      message: expect.stringMatching(/ghost cannot be started: .*\/no\/such\/program/) as string,
    });
  });

  test('repeats the last words of a process that ends early', async () => {
    const code = `console.error('bad flag --x'); process.exit(3)`;
    await expect(stack.start(node('early', code, { readyLine: /never/ }))).rejects.toMatchObject({
      type: 'Service.Unreachable',
      message: expect.stringMatching(/early ended before it was ready \(exit code 3\): bad flag --x/) as string,
    });
  });

  test('ends a process that is not ready in time', async () => {
    const file = join(dir, 'slow.pid');
    const code = `require('fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); ${stayAlive}`;
    await expect(stack.start(node('slow', code, { readyLine: /never/, readyTimeoutMs: 500 }))).rejects.toThrow(
      'slow is not ready after 0.5 s',
    );
    expect(isRunning(Number(readLines(file)[0]))).toBe(false);
  });

  test('gives the process the environment it is told, and no other', async () => {
    process.env['HOLDFAST_STACK_SECRET'] = 'visible';
    const code = `console.log('secret=' + process.env.HOLDFAST_STACK_SECRET, 'own=' + process.env.OWN); ${stayAlive}`;
    const child = await stack.start(node('env', code, { env: { OWN: 'yes' }, readyLine: /secret=.*/ }));
    delete process.env['HOLDFAST_STACK_SECRET'];
    expect(child.ready?.[0]).toBe('secret=undefined own=yes');
  });

  test('refuses after the stack has stopped', async () => {
    await stack.stop();
    await expect(stack.start(node('late', stayAlive))).rejects.toThrow('late is not started');
  });
});

describe('Stack.stop', () => {
  test('ends the processes in reverse order, each before the next', async () => {
    const journal = join(dir, 'order.txt');
    const code = (name: string): string =>
      `const note = (what) => require('fs').appendFileSync(${JSON.stringify(journal)}, what + '\\n');
       process.on('SIGTERM', () => { note('${name} asked'); setTimeout(() => { note('${name} ends'); process.exit(0) }, 60) });
       ${stayAlive} console.log('up');`;
    for (const name of ['first', 'second']) await stack.start(node(name, code(name), { readyLine: /up/ }));
    await stack.stop();
    expect(readLines(journal)).toEqual(['second asked', 'second ends', 'first asked', 'first ends']);
  });

  test('kills a process that ignores SIGTERM after its grace time', async () => {
    const child = await stack.start(node('stubborn', ignoreTerm, { readyLine: /up/, graceMs: 100 }));
    await stack.stop();
    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('ends what a process started itself', async () => {
    const code = `const c = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(stayAlive)}]);
                  console.log('grandchild ' + c.pid); ${stayAlive}`;
    const child = await stack.start(node('parent', code, { readyLine: /grandchild (\d+)/ }));
    await stack.stop();
    await until('the grandchild is gone', () => !isRunning(Number(child.ready?.[1])));
  });

  test('does not wait for a process that is still starting', async () => {
    const starting = stack.start(node('starting', stayAlive, { readyLine: /never/ }));
    const refused = expect(starting).rejects.toThrow('starting ended before it was ready');
    await until('it runs', () => existsSync(join(dir, 'starting.log')));
    await stack.stop();
    await refused;
  });

  test('ends the guard too', async () => {
    await stack.stop();
    expect(isRunning(stack.guardPid)).toBe(false);
  });
});

describe('a parent that is killed with SIGKILL', () => {
  test('leaves no process behind, not even one that ignores SIGTERM, nor the guard', async () => {
    const children = [`${stayAlive} console.log('up')`, ignoreTerm];
    const program = writeProgram(
      dir,
      'parent.cjs',
      `const { createStack } = require(${JSON.stringify(compileStack(dir))});
       (async () => {
         const stack = await createStack({ guardGraceMs: 200 });
         const pids = [stack.guardPid];
         for (const [index, code] of ${JSON.stringify(children)}.entries()) {
           const args = ['-e', code];
           const logFile = ${JSON.stringify(dir)} + '/orphan-' + index + '.log';
           pids.push((await stack.start({ name: 'c', command: process.execPath, args, logFile, readyLine: /up/ })).pid);
         }
         console.log(JSON.stringify(pids));
       })();`,
    );
    const parent = spawn(program, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pids = JSON.parse(line.toString()) as number[];
    expect(pids.map(isRunning)).toEqual([true, true, true]);
    parent.kill('SIGKILL');
    await until(`none of ${pids.join()} runs`, () => !pids.some(isRunning));
  });
});
