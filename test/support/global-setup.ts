/**
 * Starts what the integration tests share, once per run: Redis and Temporal on free ports, a fresh dist/ for workers that
 * run as processes, and the workflow bundle. Nothing outlives the run, even when jest is killed: see src/stack.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { bundleWorkflowCode } from '@temporalio/worker';
import { createStack, readToolchain, startRedis, startTemporal } from '../../src/stack';
import type { Stack, Toolchain } from '../../src/stack';
import { serviceVariables } from './services';

export interface SharedServices {
  readonly stack: Stack;
  readonly dir: string;
}

/** Read by the global teardown, which jest runs in the same process. */
export const shared = globalThis as { holdfastTestServices?: SharedServices };

const root = resolve(__dirname, '..', '..');

export default async function globalSetup(): Promise<void> {
  const toolchain = readToolchain(root);
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-jest-'));
  const stack = await createStack();
  shared.holdfastTestServices = { stack, dir };
  try {
    const [redisUrl, temporalAddress, workflowBundle] = await Promise.all([
      findRedis(stack, dir, toolchain),
      findTemporal(stack, dir, toolchain),
      bundleWorkflows(dir),
      buildDist(),
    ]);
    process.env[serviceVariables.redisUrl] = redisUrl;
    process.env[serviceVariables.temporalAddress] = temporalAddress;
    process.env[serviceVariables.workflowBundle] = workflowBundle;
  } catch (error) {
    // Jest runs no teardown after a setup that failed.
    await stack.stop();
    throw error;
  }
}

async function findRedis(stack: Stack, dir: string, { redisUrl, redisServer }: Toolchain): Promise<string> {
  if (redisUrl !== undefined) return redisUrl;
  const options = { binary: redisServer as string, port: 0, dir: join(dir, 'redis'), logFile: join(dir, 'redis.log') };
  return (await startRedis(stack, options)).url;
}

async function findTemporal(stack: Stack, dir: string, { temporal }: Toolchain): Promise<string> {
  const { address } = await startTemporal(stack, {
    binary: temporal,
    port: 0,
    uiPort: 0,
    logFile: join(dir, 'temporal.log'),
    // Day-long deadlines are tested by skipping time, not by waiting.
    dynamicConfig: { 'frontend.WorkflowTimeSkippingEnabled': true },
  });
  return address;
}

async function bundleWorkflows(dir: string): Promise<string> {
  const messages: string[] = [];
  const keep = (message: string): void => void messages.push(message);
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'test/fixtures/workflows.ts'),
    workflowInterceptorModules: [join(root, 'src/workflows/interceptors.ts')],
    failureConverterPath: join(root, 'src/security/bundled-failures.ts'),
    logger: { log: keep, trace: keep, debug: keep, info: keep, warn: keep, error: keep },
  }).catch((error: unknown) => {
    throw new Error(`the workflow bundle for the tests cannot be made:\n${messages.join('\n')}`, { cause: error });
  });
  const file = join(dir, 'workflow-bundle.js');
  writeFileSync(file, code);
  return file;
}

/** No-op when dist/ is fresh, as it is after `npm test`. */
async function buildDist(): Promise<void> {
  await promisify(execFile)(process.execPath, [join(root, 'scripts/bootstrap.mjs'), '--only', 'dist'], { cwd: root });
}
