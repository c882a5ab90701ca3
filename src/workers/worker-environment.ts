/** What a worker process takes from its environment, read once, with one error for everything that is wrong. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadApp } from '../config/load-app';
import { defaultKeyPrefix, defaultTaskQueue } from '../contracts/names';
import { HoldfastError } from '../errors/holdfast-error';
import { readDeployment } from './deployment';
import type { Deployment } from './deployment';

export interface WorkerEnvironment {
  readonly configFile: string;
  readonly promptsDirectory: string;
  readonly documentsDirectory: string;
  readonly outputDirectory: string;
  readonly taskQueue: string;
  readonly redisUrl: string;
  /** The journal's own Redis; default: the same as `redisUrl`. */
  readonly journalRedisUrl: string;
  readonly keyPrefix: string;
  readonly logLevel: string;
  /** How long calls in flight may finish after SIGTERM, ms. Above the p99 call, or a deploy throws away paid answers. */
  readonly shutdownGraceMs: number;
  /** Names this build in the Temporal UI; stands in history three times per step, so it is short. */
  readonly buildId: string;
  /** Absent: the worker has no version and takes the runs of all. */
  readonly deployment?: Deployment;
  /** Path of the prebuilt workflow bundle. */
  readonly workflowBundle: string;
}

const packageDirectory = resolve(__dirname, '..', '..');

export function readWorkerEnvironment(environment: NodeJS.ProcessEnv): WorkerEnvironment {
  const deployment = readDeployment(environment);
  const app = loadApp(environment);
  const redisUrl = environment['REDIS_URL'] ?? 'redis://127.0.0.1:6379';
  return {
    ...placesOf(environment, app),
    taskQueue: environment['HOLDFAST_TASK_QUEUE'] ?? app?.taskQueue ?? defaultTaskQueue,
    redisUrl,
    journalRedisUrl: environment['JOURNAL_REDIS_URL'] ?? redisUrl,
    keyPrefix: environment['HOLDFAST_KEY_PREFIX'] ?? defaultKeyPrefix,
    logLevel: readLevel(environment['HOLDFAST_LOG_LEVEL'] ?? 'info'),
    shutdownGraceMs: readSeconds(environment['HOLDFAST_SHUTDOWN_GRACE_SECONDS'] ?? '90') * 1_000,
    buildId: environment['HOLDFAST_BUILD_ID'] ?? `holdfast-${packageVersion()}`,
    ...(deployment && { deployment }),
  };
}

type Places = 'configFile' | 'promptsDirectory' | 'documentsDirectory' | 'outputDirectory' | 'workflowBundle';

function placesOf(environment: NodeJS.ProcessEnv, app: ReturnType<typeof loadApp>): Pick<WorkerEnvironment, Places> {
  return {
    configFile:
      environment['HOLDFAST_CONFIG'] ?? app?.configFile ?? resolve(packageDirectory, 'config', 'holdfast.yaml'),
    promptsDirectory: resolve(
      environment['HOLDFAST_PROMPTS'] ?? app?.promptsDirectory ?? resolve(packageDirectory, 'prompts'),
    ),
    documentsDirectory: resolve(environment['HOLDFAST_DOCUMENTS'] ?? resolve(packageDirectory, 'examples')),
    outputDirectory: resolve(environment['HOLDFAST_OUTPUT'] ?? 'out'),
    workflowBundle: environment['HOLDFAST_WORKFLOW_BUNDLE'] ?? resolve(__dirname, '..', 'workflow-bundle.js'),
  };
}

function packageVersion(): string {
  const manifest = readFileSync(resolve(packageDirectory, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'];

function readLevel(value: string): string {
  if (levels.includes(value)) return value;
  throw new HoldfastError(
    'Config.Invalid',
    `HOLDFAST_LOG_LEVEL: expected one of ${levels.join(', ')}, received "${value}"`,
  );
}

function readSeconds(value: string): number {
  const seconds = Number(value);
  if (value.trim() !== '' && Number.isFinite(seconds) && seconds >= 0) return seconds;
  throw new HoldfastError(
    'Config.Invalid',
    `HOLDFAST_SHUTDOWN_GRACE_SECONDS: expected a number of seconds, received "${value}"`,
  );
}
