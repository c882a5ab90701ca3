/** Real servers, a simulated provider whose quota binds, and worker processes that can be killed. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { startSimulator } from '../../src/simulator';
import { controlSimulator } from '../../src/simulator/control-client';
import type { SimulatorControl } from '../../src/simulator/control-client';
import { readToolchain, startRedis, startTemporal } from '../../src/stack';
import type { Stack } from '../../src/stack';
import { workflowInterceptorModules } from '../../src/workers/create-worker';
import type { WorkerMessage } from './messages';

const root = resolve(__dirname, '..', '..');
const key = 'bench-key';
export const taskQueue = 'bench-each';
const keyPrefix = 'bench:each:';

/** The same as in holdfast.yaml. */
export const quota = { rpm: 6_000, tpm: 80_000 } as const;
const latency = { firstTokenMs: 350, sigma: 0.35, tokensPerSecond: 120 };

export interface WorkerProcess {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  /** Once a second since it polls. */
  readonly rssBytes: number[];
}

export interface World {
  readonly temporalAddress: string;
  readonly redisUrl: string;
  readonly keyPrefix: string;
  readonly simulator: SimulatorControl;
  startWorker(): WorkerProcess;
  close(): Promise<void>;
}

interface Place {
  readonly directory: string;
  readonly seed: number;
}

export async function openWorld(stack: Stack, { directory, seed }: Place): Promise<World> {
  const { temporal, redisServer = '' } = readToolchain(root, {});
  const logFile = (name: string): string => join(directory, `${name}.log`);
  const redis = await startRedis(stack, {
    binary: redisServer,
    port: 0,
    dir: join(directory, 'redis'),
    logFile: logFile('redis'),
  });
  const server = await startTemporal(stack, { binary: temporal, port: 0, uiPort: 0, logFile: logFile('temporal') });
  const simulator = await startSimulator({ seed });
  const control = controlSimulator(simulator.url);
  await control.putEndpoint('quota', { provider: 'openai', apiKey: key, limits: quota, latency });
  const environment = {
    ...process.env,
    BENCH_URL: `${simulator.url}/quota/v1`,
    BENCH_KEY: key,
    HOLDFAST_CONFIG: join(__dirname, 'holdfast.yaml'),
    HOLDFAST_PROMPTS: join(__dirname, 'prompts'),
    HOLDFAST_TASK_QUEUE: taskQueue,
    HOLDFAST_KEY_PREFIX: keyPrefix,
    HOLDFAST_WORKFLOW_BUNDLE: await bundleWorkflows(directory),
    HOLDFAST_LOG_LEVEL: 'error',
    REDIS_URL: redis.url,
    TEMPORAL_ADDRESS: server.address,
  };
  const children = new Set<ChildProcess>();
  return {
    temporalAddress: server.address,
    redisUrl: redis.url,
    keyPrefix,
    simulator: control,
    startWorker: () => startWorker(children, environment),
    close: async () => {
      for (const child of children) child.kill('SIGKILL');
      await simulator.close();
    },
  };
}

function startWorker(children: Set<ChildProcess>, environment: NodeJS.ProcessEnv): WorkerProcess {
  const child = fork(join(__dirname, 'client.ts'), [], { env: environment, stdio: ['ignore', 2, 2, 'ipc'] });
  children.add(child);
  const rssBytes: number[] = [];
  const ready = new Promise<void>((done, fail) => {
    child.on('message', (message: WorkerMessage) => {
      if (message.kind === 'ready') done();
      else rssBytes.push(message.rssBytes);
    });
    child.once('exit', (code, signal) => {
      children.delete(child);
      fail(new Error(`a worker ended with ${signal ?? code} before it polled`));
    });
  });
  // Also of a worker nobody waits for.
  ready.catch(() => undefined);
  return { child, ready, rssBytes };
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
