import { Command } from 'commander';
import { exitCodesHelp } from '../exit-codes';
import type { Output } from '../output';
import { workerReadyText } from '../stack/worker-ready';

const help = `
Settings come from the environment: TEMPORAL_* (or temporal.toml), REDIS_URL,
HOLDFAST_CONFIG, and the keys that the configuration names. SIGTERM and Ctrl-C
let calls in flight finish (HOLDFAST_SHUTDOWN_GRACE_SECONDS, default 90).

Examples:
  holdfast worker
  TEMPORAL_ADDRESS=temporal:7233 REDIS_URL=redis://redis:6379 holdfast worker --task-queue reports`;

export function workerCommand(output: Output): Command {
  return new Command('worker')
    .summary('run pipelines and their steps')
    .description('Run pipelines and their steps until told to stop. Logs JSON lines to standard error.')
    .option('--task-queue <name>', 'default: HOLDFAST_TASK_QUEUE, then "holdfast"')
    .addHelpText('after', help + exitCodesHelp)
    .action(async ({ taskQueue }: { taskQueue?: string }) => {
      // Loaded here only: every other command starts without the workers' native code.
      const { runWorker } = await import('../../workers/index.js');
      await runWorker({
        ...(taskQueue === undefined ? {} : { overrides: { taskQueue } }),
        onReady: (queue) => output.text(`${workerReadyText} ${queue}`),
      });
    });
}
