import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { untilOneEnds } from '../../../../src/cli/stack/broken-stack';
import type { ProcessExit, StackProcess } from '../../../../src/stack';

describe('untilOneEnds', () => {
  test('tells which process ended, how, and the end of its log', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'holdfast-broken-'));
    const logFile = join(directory, 'redis.log');
    writeFileSync(logFile, `${Array.from({ length: 50 }, (_, index) => `line ${index}`).join('\n')}\n`);
    const process = (name: string, exited: Promise<ProcessExit>): StackProcess =>
      ({ name, logFile, exited }) as StackProcess;
    const living = process('Temporal', new Promise(() => undefined));
    const dead = process('Redis', Promise.resolve({ code: null, signal: 'SIGKILL' }));
    const thrown: unknown = await untilOneEnds([living, dead]).catch((error: unknown) => error);
    rmSync(directory, { recursive: true });
    expect(thrown).toMatchObject({
      type: 'Service.Unreachable',
      message: expect.stringMatching(
        /^Redis ended unexpectedly \(ended by SIGKILL\).+redis\.log:\nline 44\n[^]+line 49$/,
      ),
    });
  });
});
