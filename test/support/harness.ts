/**
 * One test's world: its own simulator, task queue and Redis key prefix, on the shared Temporal server and Redis.
 * Workers run in this process (`startWorker`) or as processes that can be killed (`spawnWorker`).
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { HoldfastClient } from '../../src/client/holdfast-client';
import type { PipelineContract } from '../../src/contracts/pipelines/contract';
import { shippedPipelines } from '../../src/contracts/pipelines/catalogue';
import { startSimulator } from '../../src/simulator';
import { controlSimulator } from '../../src/simulator/control-client';
import type { SimulatorControl } from '../../src/simulator/control-client';
import { createWorker } from '../../src/workers';
import type { HoldfastWorker } from '../../src/workers';
import { readServices } from './services';

const packageDirectory = resolve(__dirname, '..', '..');

// Failures are what these tests provoke; their log lines would bury the report.
Runtime.install({ logger: new DefaultLogger('ERROR') });

/** Pipelines of test/fixtures/workflows.ts: they take any input. */
const testPipelines: PipelineContract[] = [
  'oneStep',
  'stepWith',
  'manySteps',
  'stepsInTurn',
  'stepPerRun',
  'stepThatMayFail',
  'eachWith',
  'eachOf',
  'eachBriefly',
  'eachPerRun',
  'agent',
  'embedWith',
  'ensembleOf',
  'driftingAgent',
  'agents',
  'ask',
  'askWith',
  'askPerRun',
  'review',
  'askTwice',
  'askLast',
  'askThenStep',
  'askUpgrading',
  'failTyped',
  'putOff',
  'withHeavyStep',
].map((name) => ({ name, description: `test pipeline ${name}`, parseInput: (value: unknown) => value }));

export interface Harness {
  readonly client: HoldfastClient;
  /** Temporal's own client, for looking at histories from outside. */
  readonly temporal: Client;
  readonly simulator: SimulatorControl;
  readonly taskQueue: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly outputDirectory: string;
  /** `activities`: what the test's own pipelines and tools call. */
  startWorker(activities?: object): Promise<void>;
  stopWorker(): Promise<void>;
  /** A worker in a process of its own; `exited` resolves with the signal or code it ended with. */
  spawnWorker(environment?: NodeJS.ProcessEnv): { child: ChildProcess; exited: Promise<string>; log: () => string };
  stop(): Promise<void>;
}

export interface HarnessOptions {
  /** Default: test/fixtures/holdfast.yaml and its prompts; `shipped`: what the repository ships. */
  readonly config?: 'fixture' | 'shipped';
}

export async function startHarness(options: HarnessOptions = {}): Promise<Harness> {
  const services = readServices();
  const id = randomUUID().slice(0, 8);
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-test-'));
  const simulator = await startSimulator({ port: 0, seed: 7, speed: 20 });
  const control = controlSimulator(simulator.url);
  const taskQueue = `test-${id}`;
  const shipped = options.config === 'shipped';
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    ...(shipped ? await declareShipped(control, simulator.url) : await declareFixture(control, simulator.url)),
    HOLDFAST_CONFIG: shipped
      ? resolve(packageDirectory, 'config/holdfast.yaml')
      : resolve(packageDirectory, 'test/fixtures/holdfast.yaml'),
    HOLDFAST_PROMPTS: shipped
      ? resolve(packageDirectory, 'prompts')
      : resolve(packageDirectory, 'test/fixtures/prompts'),
    HOLDFAST_DOCUMENTS: resolve(packageDirectory, 'examples'),
    HOLDFAST_OUTPUT: directory,
    HOLDFAST_TASK_QUEUE: taskQueue,
    HOLDFAST_KEY_PREFIX: `test:${id}:`,
    HOLDFAST_SHUTDOWN_GRACE_SECONDS: '1',
    HOLDFAST_LOG_LEVEL: 'warn',
    HOLDFAST_WORKFLOW_BUNDLE: services.workflowBundle,
    REDIS_URL: services.redisUrl,
    TEMPORAL_ADDRESS: services.temporalAddress,
  };
  const connection = await Connection.connect({ address: services.temporalAddress });
  const temporal = new Client({ connection });
  const client = new HoldfastClient({
    client: temporal,
    connection,
    taskQueue,
    pipelines: [...shippedPipelines, ...testPipelines],
  });
  const native = await NativeConnection.connect({ address: services.temporalAddress });
  const children = new Set<ChildProcess>();
  let worker: { holdfast: HoldfastWorker; running: Promise<void> } | undefined;

  const harness: Harness = {
    client,
    temporal,
    simulator: control,
    taskQueue,
    environment,
    outputDirectory: directory,
    async startWorker(activities = {}) {
      const holdfast = await createWorker({ environment, connection: native, activities });
      worker = { holdfast, running: holdfast.run() };
    },
    async stopWorker() {
      if (worker === undefined) return;
      worker.holdfast.shutdown();
      await worker.running;
      worker = undefined;
    },
    spawnWorker(extra = {}) {
      const child = spawn(process.execPath, [resolve(packageDirectory, 'dist/cli/main.js'), 'worker'], {
        env: { ...environment, ...extra },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      children.add(child);
      let text = '';
      const collect = (chunk: Buffer): void => void (text += chunk.toString());
      child.stdout.on('data', collect);
      child.stderr.on('data', collect);
      const exited = new Promise<string>((done) => {
        child.once('exit', (code, signal) => {
          children.delete(child);
          done(signal ?? String(code));
        });
      });
      return { child, exited, log: () => text };
    },
    async stop() {
      for (const child of children) child.kill('SIGKILL');
      await harness.stopWorker();
      await native.close();
      await connection.close();
      await simulator.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return harness;
}

/** Fast answers, and quotas wider than what the tests' config reserves: a 429 here is a defect. */
const quick = { firstTokenMs: 20, sigma: 0.1, tokensPerSecond: 2_000 };

async function declareFixture(control: SimulatorControl, url: string): Promise<NodeJS.ProcessEnv> {
  const environment: NodeJS.ProcessEnv = {};
  for (const name of ['east', 'west', 'claude', 'slow', 'responses']) {
    const isClaude = name === 'claude';
    const apiKey = `key-${name}`;
    await control.putEndpoint(name, {
      provider: isClaude ? 'anthropic' : 'openai',
      apiKey,
      limits: name === 'slow' ? { rpm: 20 } : { rpm: 600, tpm: 600_000, concurrency: 20 },
      latency: quick,
    });
    environment[`SIM_${name.toUpperCase()}_URL`] = isClaude ? `${url}/${name}` : `${url}/${name}/v1`;
    environment[`SIM_${name.toUpperCase()}_KEY`] = apiKey;
  }
  return environment;
}

async function declareShipped(control: SimulatorControl, url: string): Promise<NodeJS.ProcessEnv> {
  const environment: NodeJS.ProcessEnv = {};
  for (const name of ['openai-eastus', 'openai-westus', 'openai-mini', 'openai-embed', 'anthropic-main']) {
    const isClaude = name.startsWith('anthropic');
    const apiKey = `key-${name}`;
    await control.putEndpoint(name, {
      provider: isClaude ? 'anthropic' : 'openai',
      apiKey,
      limits: name === 'openai-embed' ? { rpm: 6_000, tpm: 2_000_000 } : { rpm: 600, tpm: 600_000, concurrency: 20 },
      latency: quick,
    });
    const variable = `SIM_${name.toUpperCase().replaceAll('-', '_')}`;
    environment[`${variable}_URL`] = isClaude ? `${url}/${name}` : `${url}/${name}/v1`;
    environment[`${variable}_KEY`] = apiKey;
  }
  return environment;
}

/** Waits for a fact that another process brings about; fails with what it saw last. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  timeoutMs = 30_000,
): Promise<T> {
  const endsAt = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < endsAt) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
      last = seen;
    } catch (error) {
      last = error;
    }
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${what}: not seen within ${timeoutMs} ms; last: ${String(last)}`);
}
