/** `npm run chaos:capacity`: holders, Redis and its clock fail under load; a provider counts what came of it. See docs/chaos.md. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { HoldfastError } from '../../src/errors';
import { controlSimulator } from '../../src/simulator';
import { createStack, onEndSignal, readToolchain } from '../../src/stack';
import type { Stack } from '../../src/stack';
import { openCapacity } from '../../src/workers/open-capacity';
import {
  accountEnvironment,
  capacityPerSecond,
  demandPerSecond,
  holdfastConfig,
  keyPrefix,
  leaseMs,
  simulatorEndpoints,
  warmUpEndpoint,
} from './account';
import { runBattle } from './battle';
import { Holders } from './holders';
import { findMovedClock } from './moved-clock';
import { parseOptions } from './options';
import type { ChaosOptions } from './options';
import { RedisPair } from './redis-pair';
import { reportLines, timelineLines } from './report';
import { scheduleOf } from './schedule';
import { resultOf } from './verdict';
import type { ChaosResult } from './verdict';

const root = resolve(__dirname, '..', '..');
const holderCount = 4;
const noFaketime = 'libfaketime is not installed: apt-get install libfaketime, or leave clockMoved out with --only';

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  // Not a Redis that others use, even if REDIS_URL names one: it is killed.
  const { redisServer } = readToolchain(root, {});
  if (redisServer === undefined) {
    throw new HoldfastError('Config.Invalid', 'No redis-server on this machine: install one for the run to start.');
  }
  const stack = await createStack();
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-chaos-'));
  let holders: Holders | undefined;
  const end = async (): Promise<void> => {
    holders?.end();
    await stack.stop();
    await rm(directory, { recursive: true, force: true });
  };
  const stopListening = onEndSignal(() => void end().finally(() => process.exit(130)));
  try {
    const started = (running: Holders): void => void (holders = running);
    const result = await run({ stack, directory, binary: redisServer, options, started });
    for (const line of reportLines(result)) say(line);
    if (options.isJson) process.stdout.write(`${JSON.stringify(result)}\n`);
    if (result.violations.length > 0) process.exitCode = 1;
  } finally {
    stopListening();
    await end();
  }
}

interface Setup {
  readonly stack: Stack;
  readonly directory: string;
  /** redis-server. */
  readonly binary: string;
  readonly options: ChaosOptions;
  started(holders: Holders): void;
}

async function run({ stack, directory, binary, options, started }: Setup): Promise<ChaosResult> {
  const { seed, minutes, kinds } = options;
  const clock = findMovedClock(directory);
  const isMissing = clock === undefined && kinds.includes('clockMoved');
  if (isMissing) say(`clockMoved is not available, the run will be incomplete: ${noFaketime}`);
  const possible = isMissing ? kinds.filter((kind) => kind !== 'clockMoved') : kinds;
  const schedule = scheduleOf({ minutes, seed, kinds: possible, leaseMs });
  const redis = await RedisPair.start({ stack, binary, directory, clock });
  const simulatorUrl = await startSimulator(stack, directory, seed);
  const simulator = controlSimulator(simulatorUrl);
  for (const [name, endpoint] of Object.entries(simulatorEndpoints())) await simulator.putEndpoint(name, endpoint);
  const configFile = join(directory, 'holdfast.yaml');
  await writeFile(configFile, JSON.stringify(holdfastConfig()));
  const broken = new Map<string, number>();
  const holders = await Holders.start({
    count: holderCount,
    order: { seed, configFile, redisUrl: redis.url, callsPerSecond: demandPerSecond / holderCount },
    environment: { ...process.env, ...accountEnvironment(simulatorUrl) },
    onBroken: (message) => void broken.set(message, (broken.get(message) ?? 0) + 1),
  });
  started(holders);
  const place = { HOLDFAST_CONFIG: configFile, REDIS_URL: redis.url, HOLDFAST_KEY_PREFIX: keyPrefix };
  const capacity = await openCapacity(place);
  say(
    `seed ${seed}: ${holderCount} holders want ${demandPerSecond.toFixed(1)} calls/s of ${capacityPerSecond.toFixed(1)}; ` +
      `${schedule.strikes.length} faults, ${Math.round(schedule.recoveryMs / 1_000)} s apart`,
  );
  const battle = await runBattle({ redis, clock, holders, simulator, capacity }, { schedule, leaseMs, say });
  const requests = (await simulator.ledger()).filter(({ endpoint }) => endpoint !== warmUpEndpoint);
  if (options.showsTimeline) for (const line of timelineLines(battle, requests)) say(line);
  if (options.keepFile !== undefined) await writeFile(options.keepFile, JSON.stringify({ seed, ...battle, requests }));
  const notAvailable = isMissing ? { clockMoved: noFaketime } : {};
  const counts = holders.counts();
  const failures = [...broken].map(([message, times]) => (times === 1 ? message : `${times} times: ${message}`));
  holders.end();
  await capacity.close();
  await redis.close();
  return resultOf({ seed, minutes, kinds, notAvailable, leaseMs, battle, requests, counts, broken: failures });
}

/** As a process of its own: what the run does must not slow its provider down. */
async function startSimulator(stack: Stack, directory: string, seed: number): Promise<string> {
  const compile = require.resolve('../../test/support/compile-on-require.cjs');
  const { ready } = await stack.start({
    name: 'simulator',
    command: process.execPath,
    args: ['--require', compile, join(root, 'src', 'simulator', 'main.ts'), '--seed', String(seed)],
    logFile: join(directory, 'simulator.log'),
    readyLine: /"listening":"([^"]+)"/,
  });
  return ready?.[1] ?? '';
}

main().catch((error: unknown) => {
  say(error instanceof HoldfastError ? `holdfast: ${error.type}: ${error.message}` : String((error as Error).stack));
  process.exitCode = 1;
});
