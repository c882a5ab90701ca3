import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname, join } from 'node:path';
import { bareEnvironment } from './environment';

/** Sees to it that no child outlives this process. See `reaper.ts`. */
export interface Guard {
  readonly pid: number;
  watch(pid: number): void;
  forget(pid: number): void;
  /** Call when all children have ended. Resolves when the guard itself is gone. */
  close(): Promise<void>;
}

/** @param graceMs what a child gets between SIGTERM and SIGKILL */
export async function startGuard(graceMs: number): Promise<Guard> {
  const program = join(__dirname, `reaper${extname(__filename)}`);
  const reaper = spawn(process.execPath, [program, String(graceMs)], {
    detached: true,
    // Not the parent's: NODE_OPTIONS, say, is meant for the parent.
    env: bareEnvironment(),
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  await once(reaper, 'spawn');
  const exited = once(reaper, 'exit');
  const { stdin } = reaper;
  // It lost its reader: the guard was killed. The children are then ended by `stop` only, as without a guard.
  stdin.on('error', () => undefined);
  reaper.unref();
  (stdin as unknown as { unref(): void }).unref();
  return {
    pid: reaper.pid as number,
    watch: (pid) => void stdin.write(`+${pid}\n`),
    forget: (pid) => void stdin.write(`-${pid}\n`),
    async close() {
      stdin.end();
      reaper.ref();
      await exited;
    },
  };
}
