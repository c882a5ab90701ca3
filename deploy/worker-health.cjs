// Healthcheck of a worker's container: asks Temporal whether the worker of this container polls its task queue. One that
// is up but cannot reach Temporal, or has not polled for two minutes, is not healthy. Exit code 0 or 1, one line.
const { hostname } = require('node:os');
const { Connection } = require('@temporalio/client');
const { loadClientConnectConfig } = require('@temporalio/envconfig');

const taskQueue = process.env.HOLDFAST_TASK_QUEUE ?? 'holdfast';
const workflowTasks = 1;
// A poll lasts a minute at most; the next one follows at once.
const freshMs = 120_000;
const connectTimeoutMs = 3_000;

async function check() {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await Connection.connect({ ...connectionOptions, connectTimeout: connectTimeoutMs });
  const request = { namespace, taskQueue: { name: taskQueue }, taskQueueType: workflowTasks };
  const { pollers } = await connection.workflowService.describeTaskQueue(request);
  // The SDK names a worker <pid>@<host name>, and the host name of a container is its own.
  const mine = pollers?.find(({ identity }) => identity?.endsWith(`@${hostname()}`));
  if (mine === undefined) throw new Error(`no worker of ${hostname()} polls the task queue "${taskQueue}"`);
  const idleMs = Date.now() - Number(mine.lastAccessTime?.seconds ?? 0) * 1_000;
  if (idleMs > freshMs) throw new Error(`the worker has not polled for ${Math.round(idleMs / 1_000)} s`);
}

check().then(
  () => process.exit(0),
  (error) => {
    console.error(`unhealthy: ${error.message}`);
    process.exit(1);
  },
);
