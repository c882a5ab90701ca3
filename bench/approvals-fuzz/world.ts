/** Real servers, and worker processes that are killed. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { readToolchain, startRedis, startTemporal } from '../../src/stack';
import type { Stack } from '../../src/stack';
import { workflowInterceptorModules } from '../../src/workers/create-worker';

const root = resolve(__dirname, '..', '..');
const workerCount = 2;

export interface World {
  /** Of a client with the workers' keys. */
  readonly environment: NodeJS.ProcessEnv;
  /** One JSON line for each effect. */
  readonly logFile: string;
  /** Kills a worker without warning and starts another; not while one is still starting. */
  restartWorker(): void;
  kills(): number;
  close(): void;
}

export async function openWorld(stack: Stack, directory: string): Promise<World> {
  const { temporal, redisServer = '' } = readToolchain(root, {});
  const logOf = (name: string): string => join(directory, `${name}.log`);
  const redis = await startRedis(stack, {
    binary: redisServer,
    port: 0,
    dir: join(directory, 'redis'),
    logFile: logOf('redis'),
  });
  const server = await startTemporal(stack, { binary: temporal, port: 0, uiPort: 0, logFile: logOf('temporal') });
  const logFile = join(directory, 'effects.jsonl');
  writeFileSync(logFile, '');
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    FUZZ_LOG: logFile,
    FUZZ_URL: 'http://127.0.0.1:1/v1',
    FUZZ_KEY: 'none',
    HOLDFAST_APPROVAL_KEYS: `fuzz:${randomBytes(32).toString('base64')}`,
    HOLDFAST_CONFIG: join(__dirname, 'holdfast.yaml'),
    HOLDFAST_OUTPUT: directory,
    HOLDFAST_TASK_QUEUE: 'fuzz',
    HOLDFAST_WORKFLOW_BUNDLE: await bundleWorkflows(directory),
    REDIS_URL: redis.url,
    TEMPORAL_ADDRESS: server.address,
  };
  const workers = Array.from({ length: workerCount }, () => startWorker(environment));
  let kills = 0;
  let starting = workerCount;
  const watch = (worker: ChildProcess): void => void worker.once('message', () => void (starting -= 1));
  workers.forEach(watch);
  return {
    environment,
    logFile,
    restartWorker() {
      // With nobody left to do the work it would only stand still.
      if (starting > 0) return;
      const victim = kills++ % workerCount;
      workers[victim]?.kill('SIGKILL');
      const replacement = startWorker(environment);
      workers[victim] = replacement;
      starting += 1;
      watch(replacement);
    },
    kills: () => kills,
    close: () => workers.forEach((worker) => worker.kill('SIGKILL')),
  };
}

function startWorker(env: NodeJS.ProcessEnv): ChildProcess {
  return fork(join(__dirname, 'client.ts'), [], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

/** Once: each worker would need a second for it. */
async function bundleWorkflows(directory: string): Promise<string> {
  const quiet = (): void => undefined;
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(__dirname, 'workflows.ts'),
    workflowInterceptorModules,
    logger: { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  const file = join(directory, 'workflow-bundle.js');
  writeFileSync(file, code);
  return file;
}
