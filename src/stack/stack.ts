import { HoldfastError } from '../errors';
import { startGuard } from './guard';
import { defaultGraceMs, spawnProcess, waitUntilReady } from './process';
import type { ProcessSpec, SpawnedProcess, StackProcess } from './process';

/**
 * Owns child processes. Whatever ends this process — `stop`, an exception, `process.exit`, `kill -9` — ends them too:
 * `stop` in order, everything else through the guard (`reaper.ts`).
 */
export interface Stack {
  /** The process that ends the children if we cannot. It lives as long as any of them. */
  readonly guardPid: number;
  /**
   * Starts a process and waits until it is ready.
   * @throws Service.Unreachable when it cannot be started, ends early, is not ready in time, or the stack is stopped
   */
  start(spec: ProcessSpec): Promise<StackProcess>;
  /** Ends all processes, the youngest first, also those that are not ready yet. Calling it again changes nothing. */
  stop(): Promise<void>;
}

export interface StackOptions {
  /** What a child gets between SIGTERM and SIGKILL when the guard has to end it. Default 5,000. */
  readonly guardGraceMs?: number;
}

export async function createStack({ guardGraceMs = defaultGraceMs }: StackOptions = {}): Promise<Stack> {
  const guard = await startGuard(guardGraceMs);
  const owned: SpawnedProcess[] = [];
  let ending: Promise<void> | undefined;

  function own(process: SpawnedProcess): void {
    guard.watch(process.pid);
    owned.push(process);
    void process.exited.then(() => {
      guard.forget(process.pid);
      owned.splice(owned.indexOf(process), 1);
    });
  }

  async function start(spec: ProcessSpec): Promise<StackProcess> {
    if (ending !== undefined) {
      throw new HoldfastError('Service.Unreachable', `${spec.name} is not started: the stack has been stopped`);
    }
    const { log, ...process } = await spawnProcess(spec);
    own({ log, ...process });
    try {
      return { ...process, ready: await waitUntilReady(spec, { log, ...process }) };
    } catch (error) {
      await process.stop();
      throw error;
    }
  }

  async function end(): Promise<void> {
    for (const process of owned.toReversed()) await process.stop();
    await guard.close();
  }

  return { guardPid: guard.pid, start, stop: () => (ending ??= end()) };
}
