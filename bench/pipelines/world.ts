/** One world: its own simulated providers, Redis keys, task queue, client and worker processes, on the shared servers. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { connect } from '../../src/client';
import type { HoldfastClient } from '../../src/client';
import { readSimulatorEndpoints } from '../../src/cli/stack/simulator-endpoints';
import { simulatorEnvironment } from '../../src/cli/stack/provider-choice';
import { loadSettings } from '../../src/config/load-settings';
import type { Settings } from '../../src/contracts/settings';
import { controlSimulator, startSimulator } from '../../src/simulator';
import type { SimulatorControl } from '../../src/simulator';
import { scaleLimits, scaleQuotas } from './scale-quotas';
import type { Servers } from './servers';

const root = resolve(__dirname, '..', '..');

export interface WorldSettings {
  /** Unique among all worlds of the command: names queue, keys and files. */
  readonly name: string;
  /** Default: that of the command. */
  readonly seed?: number;
  /** The shipped quotas, so many times, in the config and in the simulator alike. Default 10. */
  readonly quotaFactor?: number;
  /** Divides the simulator's shipped latencies. Default 10. */
  readonly speed?: number;
  /** Of workers and client, over the rest. */
  readonly environment?: NodeJS.ProcessEnv;
}

export interface World {
  readonly name: string;
  readonly simulator: SimulatorControl;
  /** E.g. `http://127.0.0.1:40123`. */
  readonly simulatorUrl: string;
  readonly client: HoldfastClient;
  /** Temporal's own client, for looking at histories from outside. */
  readonly temporal: Client;
  /** What its workers read. */
  readonly environment: NodeJS.ProcessEnv;
  readonly settings: Settings;
  readonly taskQueue: string;
  readonly keyPrefix: string;
  /** Returns once it polls. */
  startWorker(environment?: NodeJS.ProcessEnv): Promise<ChildProcess>;
  /** Kills its workers. Calling it again changes nothing. */
  close(): Promise<void>;
}

type Opening = Required<Pick<WorldSettings, 'seed'>> & WorldSettings;

export async function openWorld(servers: Servers, settings: Opening): Promise<World> {
  const { name, seed, quotaFactor = 10, speed = 10 } = settings;
  const { temporalAddress: address, redisUrl } = servers;
  const endpoints = readSimulatorEndpoints().map((endpoint) => ({
    ...endpoint,
    limits: scaleLimits({ ...endpoint.limits }, quotaFactor),
  }));
  const simulator = await startSimulator({ seed, speed, endpoints });
  const taskQueue = `pipelines-${name}`;
  const keyPrefix = `pipelines:${name}:`;
  const environment = {
    ...process.env,
    ...simulatorEnvironment(simulator.url, endpoints),
    HOLDFAST_CONFIG: writeConfig(servers, name, quotaFactor),
    HOLDFAST_DOCUMENTS: join(root, 'examples'),
    HOLDFAST_PROMPTS: join(root, 'prompts'),
    HOLDFAST_OUTPUT: join(servers.directory, name),
    HOLDFAST_TASK_QUEUE: taskQueue,
    HOLDFAST_KEY_PREFIX: keyPrefix,
    HOLDFAST_WORKFLOW_BUNDLE: servers.workflowBundle,
    HOLDFAST_LOG_LEVEL: 'error',
    OPENAI_API_KEY: undefined,
    ANTHROPIC_API_KEY: undefined,
    REDIS_URL: redisUrl,
    TEMPORAL_ADDRESS: address,
    ...settings.environment,
  };
  const client = await connect({ address, namespace: 'default', redisUrl, keyPrefix, taskQueue, environment });
  const connection = await Connection.connect({ address });
  const children = new Set<ChildProcess>();
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    for (const child of children) child.kill('SIGKILL');
    await client.close();
    await connection.close();
    await simulator.close();
  };
  return {
    name,
    simulator: controlSimulator(simulator.url),
    simulatorUrl: simulator.url,
    client,
    temporal: new Client({ connection }),
    environment,
    settings: loadSettings({ file: environment.HOLDFAST_CONFIG, environment }),
    taskQueue,
    keyPrefix,
    startWorker: (extra = {}) => startWorker(children, { ...environment, ...extra }),
    close: () => (closing ??= close()),
  };
}

function writeConfig({ directory }: Servers, name: string, quotaFactor: number): string {
  const file = join(directory, `${name}.yaml`);
  writeFileSync(file, scaleQuotas(readFileSync(join(root, 'config', 'holdfast.yaml'), 'utf8'), quotaFactor));
  return file;
}

function startWorker(children: Set<ChildProcess>, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = fork(join(__dirname, 'client.ts'), [], { env, stdio: ['ignore', 2, 2, 'ipc'] });
  children.add(child);
  return new Promise((done, fail) => {
    child.once('message', () => done(child));
    child.once('exit', (code, signal) => {
      children.delete(child);
      fail(new Error(`a worker ended with ${signal ?? code} before it polled`));
    });
  });
}
