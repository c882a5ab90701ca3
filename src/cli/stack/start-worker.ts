/** The worker of a stack, as a process of its own. */
import { join } from 'node:path';
import { HoldfastError, isFailureType } from '../../errors';
import type { Stack, StackProcess } from '../../stack';
import { cliProgram } from '../paths';
import { workerReadyText } from './worker-ready';

export interface WorkerProcessOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly logDirectory: string;
}

/** Throws what the worker itself said when it refused to start, e.g. `Config.Invalid`, else `Service.Unreachable`. */
export async function startWorkerProcess(stack: Stack, options: WorkerProcessOptions): Promise<StackProcess> {
  try {
    return await stack.start({
      name: 'worker',
      command: process.execPath,
      args: [cliProgram, 'worker'],
      // Ctrl-C should not wait for calls in flight: what they have bought so far is in the journal or lost either way.
      env: { HOLDFAST_SHUTDOWN_GRACE_SECONDS: '2', ...options.environment },
      logFile: join(options.logDirectory, 'worker.log'),
      readyLine: new RegExp(workerReadyText),
    });
  } catch (error) {
    throw refusalIn(error) ?? error;
  }
}

function refusalIn(error: unknown): HoldfastError | undefined {
  if (!(error instanceof HoldfastError)) return undefined;
  const { output } = error.details;
  const [, type, message] = /^holdfast: ([\w.]+): (.+)/m.exec(typeof output === 'string' ? output : '') ?? [];
  return isFailureType(type) ? new HoldfastError(type, message ?? '', {}, { cause: error }) : undefined;
}
