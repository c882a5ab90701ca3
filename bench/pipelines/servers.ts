/** What all worlds share: Temporal, Redis and the workflow bundle. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { readToolchain, startRedis, startTemporal } from '../../src/stack';
import type { Stack } from '../../src/stack';
import { workflowInterceptorModules } from '../../src/workers/create-worker';
import { workflowFailureConverterPath } from '../../src/workers/workflow-code';

const root = resolve(__dirname, '..', '..');

export interface Servers {
  /** Files of this run, removed behind it. */
  readonly directory: string;
  readonly temporalAddress: string;
  readonly redisUrl: string;
  /** Path of the shipped workflows, bundled from their sources. */
  readonly workflowBundle: string;
}

export async function startServers(stack: Stack, directory: string): Promise<Servers> {
  const { temporal, redisServer = '' } = readToolchain(root, {});
  const logFile = (name: string): string => join(directory, `${name}.log`);
  const redis = await startRedis(stack, {
    binary: redisServer,
    port: 0,
    dir: join(directory, 'redis'),
    logFile: logFile('redis'),
  });
  const server = await startTemporal(stack, { binary: temporal, port: 0, uiPort: 0, logFile: logFile('temporal') });
  const workflowBundle = await bundleWorkflows(directory);
  return { directory, temporalAddress: server.address, redisUrl: redis.url, workflowBundle };
}

async function bundleWorkflows(directory: string): Promise<string> {
  const quiet = (): void => undefined;
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'src', 'workflows', 'index.ts'),
    workflowInterceptorModules,
    failureConverterPath: workflowFailureConverterPath,
    logger: { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  const file = join(directory, 'workflow-bundle.js');
  writeFileSync(file, code);
  return file;
}
