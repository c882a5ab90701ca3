/** `npm run bench:reserve`: what a reservation costs, beside what Redis does at best. See docs/benchmarks.md. */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import { HoldfastError } from '../../src/errors';
import { createStack, onEndSignal, readToolchain, startRedis } from '../../src/stack';
import type { Stack } from '../../src/stack';
import { cellsOf } from './cells';
import { startClients } from './clients';
import { parseOptions } from './options';
import type { BenchOptions } from './options';
import { runBench } from './run-bench';
import type { BenchResult } from './summary';

const root = resolve(__dirname, '..', '..');

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  // Not a Redis that others use, even if REDIS_URL names one: it is flushed.
  const { redisServer } = readToolchain(root, {});
  if (redisServer === undefined) {
    throw new HoldfastError(
      'Config.Invalid',
      'No redis-server on this machine: install one for the benchmark to start.',
    );
  }
  const stack = await createStack();
  const stopListening = onEndSignal(() => void stack.stop().finally(() => process.exit(130)));
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  try {
    const result = await measure(stack, { directory, binary: redisServer, options });
    if (options.isJson) process.stdout.write(`${JSON.stringify(result)}\n`);
  } finally {
    stopListening();
    await stack.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

interface Machine {
  readonly processors: number;
  /** Over the minute before the run: what others were doing. */
  readonly loadAverage: number;
  readonly node: string;
  readonly redis: string;
}

interface Setup {
  readonly directory: string;
  readonly binary: string;
  readonly options: BenchOptions;
}

async function measure(
  stack: Stack,
  { directory, binary, options }: Setup,
): Promise<BenchResult & { readonly machine: Machine; readonly isDurable: boolean }> {
  const loadAverage = Number((loadavg()[0] ?? 0).toFixed(1));
  const { url } = await startRedis(stack, {
    binary,
    port: 0,
    dir: join(directory, 'redis'),
    logFile: join(directory, 'redis.log'),
  });
  const redis = new Redis(url);
  const processes = Math.max(...cellsOf(options.cells).map((cell) => cell.processes));
  const clients = await startClients(url, processes);
  try {
    if (!options.isDurable) await redis.config('SET', 'appendonly', 'no');
    const [, version = ''] = /^redis_version:(\S+)/m.exec(await redis.info('server')) ?? [];
    const machine = { processors: availableParallelism(), loadAverage, node: process.versions.node, redis: version };
    say(`${machine.processors} processors, load ${loadAverage}, Node ${machine.node}, Redis ${version}`);
    const result = await runBench({ clients, redis }, { options, processes, say });
    return { ...result, isDurable: options.isDurable, machine };
  } finally {
    clients.end();
    redis.disconnect();
  }
}

main().catch((error: unknown) => {
  say(error instanceof HoldfastError ? `holdfast: ${error.type}: ${error.message}` : String((error as Error).stack));
  process.exitCode = 1;
});
