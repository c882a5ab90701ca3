/** A worker as a process: logs as JSON, drains on SIGTERM, and says when it is ready. */
import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { LogLevel } from '@temporalio/worker';
import { createLogger } from '../observability/logger';
import { redact } from '../security/redact';
import { createWorker } from './create-worker';
import type { CreateWorkerOptions } from './create-worker';
import { readWorkerEnvironment } from './worker-environment';

/** Ends with the process's exit; `onReady` is called once when the worker polls. */
export async function runWorker(
  options: CreateWorkerOptions & { onReady?: (taskQueue: string) => void } = {},
): Promise<void> {
  const from = { ...readWorkerEnvironment(options.environment ?? process.env), ...options.overrides };
  const logger = createLogger({ name: 'holdfast-worker', level: from.logLevel, redact });
  Runtime.install({
    // Temporal's own lines go through the same redaction as ours.
    logger: new DefaultLogger(temporalLevelOf(from.logLevel), ({ level, message, meta }) => {
      logger[
        level === 'TRACE'
          ? 'trace'
          : level === 'DEBUG'
            ? 'debug'
            : level === 'INFO'
              ? 'info'
              : level === 'WARN'
                ? 'warn'
                : 'error'
      ](meta ?? {}, message);
    }),
    // Signals are ours: the runtime's own handlers would drain without our deadline.
    shutdownSignals: [],
  });
  const worker = await createWorker(options);
  for (const warning of worker.warnings) logger.warn(warning);
  const stop = (): void => {
    if (worker.worker.getState() === 'RUNNING') worker.shutdown();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  const running = worker.run();
  logger.info({ taskQueue: from.taskQueue }, 'worker started');
  options.onReady?.(from.taskQueue);
  await running;
  logger.info('worker stopped');
}

function temporalLevelOf(level: string): LogLevel {
  const levels: Readonly<Record<string, LogLevel>> = { trace: 'TRACE', debug: 'DEBUG', info: 'INFO', warn: 'WARN' };
  return levels[level] ?? 'ERROR';
}
