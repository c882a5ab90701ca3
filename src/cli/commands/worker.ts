import { Command } from 'commander';
import { exitCodesHelp } from '../exit-codes';
import type { Output } from '../output';
import { runningWorkerEnvironment } from '../stack/running-environment';
import { workerReadyText } from '../stack/worker-ready';

const help = `
Settings come from the environment: TEMPORAL_* (or temporal.toml), REDIS_URL,
HOLDFAST_CONFIG, and the keys that the configuration names. SIGTERM and Ctrl-C
let calls in flight finish (HOLDFAST_SHUTDOWN_GRACE_SECONDS, default 90).

With a deployment the worker is one version of it, and a run stays with the version
it began on (HOLDFAST_VERSIONING=auto-upgrade: goes on with the current one). It gets
no run before its build is made the current one; see docs/versioning.md.

Examples:
  holdfast worker
  TEMPORAL_ADDRESS=temporal:7233 REDIS_URL=redis://redis:6379 holdfast worker --task-queue reports
  holdfast worker --deployment reports --build-id "$(git rev-parse --short HEAD)"`;

interface WorkerOptions {
  readonly taskQueue?: string;
  readonly deployment?: string;
  readonly buildId?: string;
}

export function workerCommand(output: Output): Command {
  return new Command('worker')
    .summary('run pipelines and their steps')
    .description('Run pipelines and their steps until told to stop. Logs JSON lines to standard error.')
    .option('--task-queue <name>', 'default: HOLDFAST_TASK_QUEUE, then "holdfast"')
    .option('--deployment <name>', 'default: HOLDFAST_DEPLOYMENT, then none')
    .option('--build-id <id>', 'tells this build from every other; default: HOLDFAST_BUILD_ID')
    .addHelpText('after', help + exitCodesHelp)
    .action(async ({ taskQueue, deployment, buildId }: WorkerOptions) => {
      // Loaded here only: every other command starts without the workers' native code.
      const { runWorker } = await import('../../workers/index.js');
      await runWorker({
        environment: {
          ...runningWorkerEnvironment(output, process.env),
          ...(taskQueue !== undefined && { HOLDFAST_TASK_QUEUE: taskQueue }),
          ...(deployment !== undefined && { HOLDFAST_DEPLOYMENT: deployment }),
          ...(buildId !== undefined && { HOLDFAST_BUILD_ID: buildId }),
        },
        onReady: (queue) => output.text(`${workerReadyText} ${queue}`),
      });
    });
}
