/** `npm run bench:capacity`: 429s and use of quota, by every way providers count. See docs/benchmarks.md. */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import { HoldfastError } from '../../src/errors';
import { createStack, onEndSignal, readToolchain, startRedis, startTemporal } from '../../src/stack';
import type { Stack, Toolchain } from '../../src/stack';
import { parseOptions } from './options';
import type { BenchOptions } from './options';
import { BenchProcess } from './processes';
import { runBench } from './run-bench';
import type { Bench, BenchResult } from './run-bench';

const root = resolve(__dirname, '..', '..');
/** Of callers. In real time several share one Redis, as workers do; the simulator has one more. */
const leastProcesses = 2;
const mostProcesses = 4;

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  // Not a Redis that others use, even if REDIS_URL names one: it is emptied.
  const toolchain = readToolchain(root, {});
  const stack = await createStack();
  const stopListening = onEndSignal(() => void stack.stop().finally(() => process.exit(130)));
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  try {
    const { result, ...circumstances } = await measure({ stack, toolchain, directory, options });
    for (const violation of result.violations) say(`violated: ${violation}`);
    if (options.isJson) process.stdout.write(`${JSON.stringify({ ...result, ...circumstances })}\n`);
    if (result.violations.length > 0) process.exitCode = 1;
  } finally {
    stopListening();
    await stack.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

interface Setup {
  readonly stack: Stack;
  readonly toolchain: Toolchain;
  readonly directory: string;
  readonly options: BenchOptions;
}

interface Measured {
  readonly result: BenchResult;
  readonly seconds: number;
  readonly machine: {
    readonly processors: number;
    /** Over the minute before the run: what others were doing. */
    readonly loadAverage: number;
    readonly node: string;
    readonly redis: string;
  };
}

async function measure(setup: Setup): Promise<Measured> {
  const startedAt = performance.now();
  const loadAverage = Number((loadavg()[0] ?? 0).toFixed(1));
  const { url, version } = await openRedis(setup);
  const count = Math.min(mostProcesses, Math.max(leastProcesses, availableParallelism()));
  const processes = Array.from({ length: count }, () => new BenchProcess());
  const temporalProcess: BenchProcess[] = [];
  const openRealTime: Bench['openRealTime'] = async () => {
    const process = new BenchProcess();
    temporalProcess.push(process);
    return { simulatorUrl: await openSimulator(setup), temporal: { process, address: await openTemporal(setup) } };
  };
  const machine = { processors: availableParallelism(), loadAverage, node: process.versions.node, redis: version };
  say(`${machine.processors} processors, load ${loadAverage}, Node ${machine.node}, Redis ${version}`);
  try {
    const result = await runBench({ options: setup.options, processes, redisUrl: url, openRealTime, say });
    return { result, seconds: Math.round((performance.now() - startedAt) / 1000), machine };
  } finally {
    for (const process of [...processes, ...temporalProcess]) process.end();
  }
}

async function openRedis({ stack, toolchain, directory }: Setup): Promise<{ url: string; version: string }> {
  if (toolchain.redisServer === undefined) {
    throw new HoldfastError(
      'Config.Invalid',
      'No redis-server on this machine: install one for the benchmark to start.',
    );
  }
  const { url } = await startRedis(stack, {
    binary: toolchain.redisServer,
    port: 0,
    dir: join(directory, 'redis'),
    logFile: join(directory, 'redis.log'),
  });
  const redis = new Redis(url);
  // Nothing here outlives the run, and the disk must not slow it down.
  await redis.config('SET', 'appendonly', 'no');
  const [, version = ''] = /^redis_version:(\S+)/m.exec(await redis.info('server')) ?? [];
  redis.disconnect();
  return { url, version };
}

async function openSimulator({ stack, directory }: Setup): Promise<string> {
  const listening = /\{"listening":"([^"]+)"\}/;
  const { ready } = await stack.start({
    name: 'simulator',
    command: process.execPath,
    args: [
      '--require',
      join(root, 'test', 'support', 'compile-on-require.cjs'),
      join(root, 'src', 'simulator', 'main.ts'),
      '--parent-pid',
      String(process.pid),
    ],
    logFile: join(directory, 'simulator.log'),
    readyLine: listening,
  });
  return ready?.[1] ?? '';
}

async function openTemporal({ stack, toolchain, directory }: Setup): Promise<string> {
  const logFile = join(directory, 'temporal.log');
  const { address } = await startTemporal(stack, { binary: toolchain.temporal, port: 0, uiPort: 0, logFile });
  return address;
}

main().catch((error: unknown) => {
  say(error instanceof HoldfastError ? `holdfast: ${error.type}: ${error.message}` : String((error as Error).stack));
  process.exitCode = 1;
});
