import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(__dirname, '../../..');
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Runs the program as it is shipped, compiled on the fly. */
function run(...args: string[]): ChildProcess {
  const program = join(root, 'src/simulator/main.ts');
  const child = spawn(
    process.execPath,
    ['--require', require.resolve('../../support/compile-on-require.cjs'), program, ...args],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  children.push(child);
  return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the child has no output');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return line;
}

describe('simulator process', () => {
  test('prints where it listens, serves its configuration, and ends at once on SIGTERM', async () => {
    const child = run('--port', '0', '--config', 'config/simulator.json', '--seed', '9', '--speed', '2.5');
    const { listening } = JSON.parse(await firstLine(child)) as { listening: string };
    expect(await (await fetch(`${listening}/control/health`)).json()).toEqual({
      status: 'ok',
      seed: 9,
      speed: 2.5,
      endpoints: 8,
    });
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test('ends when its parent is gone', async () => {
    const parent = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    children.push(parent);
    const child = run('--parent-pid', String(parent.pid));
    await firstLine(child);
    parent.kill('SIGKILL');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test.each([
    [['--port', 'many'], '--port: expected a whole number from 0 to 65535'],
    [['--speed', '0'], '--speed: expected a number of at least 0.001'],
    [['--config', 'nowhere.json'], '--config: nowhere.json: '],
    [['--colour', 'red'], "Unknown option '--colour'"],
  ])('%j ends with status 2 and says why', async (args, message) => {
    const child = run(...args);
    let errors = '';
    child.stderr?.on('data', (data: Buffer) => (errors += data.toString()));
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(errors).toContain(`simulator: ${message}`);
  });
});
