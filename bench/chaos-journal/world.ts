/** Everything a run of the chaos needs: real servers, a simulated provider, worker processes that can be killed. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Client } from '@temporalio/client';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { HoldfastClient } from '../../src/client';
import { startSimulator } from '../../src/simulator';
import { controlSimulator } from '../../src/simulator/control-client';
import type { SimulatorControl } from '../../src/simulator/control-client';
import { readToolchain, startRedis, startTemporal } from '../../src/stack';
import type { Stack } from '../../src/stack';
import { workflowInterceptorModules } from '../../src/workers/create-worker';
import { workflowFailureConverterPath } from '../../src/workers/workflow-code';

const root = resolve(__dirname, '..', '..');
const key = 'chaos-key';

export interface WorkerProcess {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  /** Signal or code it ended with. */
  readonly exited: Promise<string>;
  log(): string;
}

export interface World {
  readonly temporalAddress: string;
  readonly redisUrl: string;
  readonly simulator: SimulatorControl;
  /** Environment of the workers of one corner of the world: its own queue, keys, endpoint and log. */
  openCorner(name: string): Promise<Corner>;
  close(): Promise<void>;
}

export interface Corner {
  readonly name: string;
  readonly taskQueue: string;
  readonly keyPrefix: string;
  /** Of the tool and the effect: one JSON line for each that happened. */
  readonly logFile: string;
  startWorker(environment?: NodeJS.ProcessEnv): WorkerProcess;
}

/** A world, and ways to talk to its servers. */
export interface Connected {
  readonly world: World;
  readonly temporal: Client;
  connect(corner: Corner): Promise<HoldfastClient>;
}

/** Fast enough to be many, slow enough that a kill in the middle of an answer is in its middle. */
const latency = { firstTokenMs: 150, sigma: 0.1, tokensPerSecond: 100 };

export async function openWorld(stack: Stack, directory: string, seed: number): Promise<World> {
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
  const bundle = await bundleWorkflows(directory);
  const children = new Set<ChildProcess>();
  const openCorner = async (name: string): Promise<Corner> => {
    await control.putEndpoint(name, { provider: 'openai', apiKey: key, limits: {}, latency });
    const corner = {
      name,
      taskQueue: `chaos-${name}`,
      keyPrefix: `chaos:${name}:`,
      logFile: join(directory, `${name}.jsonl`),
    };
    const environment = {
      ...process.env,
      CHAOS_URL: `${simulator.url}/${name}/v1`,
      CHAOS_KEY: key,
      CHAOS_LOG: corner.logFile,
      HOLDFAST_CONFIG: join(__dirname, 'holdfast.yaml'),
      HOLDFAST_PROMPTS: join(__dirname, 'prompts'),
      HOLDFAST_TASK_QUEUE: corner.taskQueue,
      HOLDFAST_KEY_PREFIX: corner.keyPrefix,
      HOLDFAST_WORKFLOW_BUNDLE: bundle,
      CHAOS_BUNDLE: bundle,
      HOLDFAST_LOG_LEVEL: 'error',
      REDIS_URL: redis.url,
      TEMPORAL_ADDRESS: server.address,
    };
    writeFileSync(corner.logFile, '');
    return { ...corner, startWorker: (extra = {}) => startWorker(children, { ...environment, ...extra }) };
  };
  return {
    temporalAddress: server.address,
    redisUrl: redis.url,
    simulator: control,
    openCorner,
    close: async () => {
      for (const child of children) child.kill('SIGKILL');
      await simulator.close();
    },
  };
}

function startWorker(children: Set<ChildProcess>, environment: NodeJS.ProcessEnv): WorkerProcess {
  const child = fork(join(__dirname, 'client.ts'), [], { env: environment, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  children.add(child);
  let text = '';
  const collect = (chunk: Buffer): void => void (text = (text + chunk.toString()).slice(-4_000));
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const exited = new Promise<string>((done) => {
    child.once('exit', (code, signal) => {
      children.delete(child);
      done(signal ?? String(code));
    });
  });
  const ready = new Promise<void>((done) => child.once('message', () => done()));
  return { child, ready, exited, log: () => text };
}

/** Once: each worker would need a second for it. */
async function bundleWorkflows(directory: string): Promise<string> {
  const quiet = (): void => undefined;
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(__dirname, 'workflows.ts'),
    workflowInterceptorModules,
    failureConverterPath: workflowFailureConverterPath,
    logger: { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  const file = join(directory, 'workflow-bundle.js');
  writeFileSync(file, code);
  return file;
}
