/** `npm run bench:step`: what a durable LLM step costs beside a bare Temporal activity. See docs/benchmarks.md. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { HoldfastError } from '../../src/errors';
import { controlSimulator } from '../../src/simulator/control-client';
import type { SimulatorControl } from '../../src/simulator/control-client';
import { createStack, onEndSignal, readToolchain, startRedis, startTemporal } from '../../src/stack';
import type { Stack } from '../../src/stack';
import { sides } from './messages';
import type { Side, WorkerMessage } from './messages';
import { parseOptions } from './options';
import type { BenchOptions } from './options';
import { reportOf } from './report';
import { runBench } from './run-bench';

const root = resolve(__dirname, '..', '..');

/** First token after so many ms; of the fourth, whatever its fault says. */
const latencies = { at0: 0, at50: 50, at500: 500, failing: 50 } as const;
const key = 'bench-key';

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  const stack = await createStack();
  const stopListening = onEndSignal(() => void stack.stop().finally(() => process.exit(130)));
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  const children: ChildProcess[] = [];
  try {
    await measureAll(stack, { directory, options, children });
  } finally {
    stopListening();
    for (const child of children) child.kill('SIGKILL');
    await stack.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

interface Setup {
  readonly directory: string;
  readonly options: BenchOptions;
  readonly children: ChildProcess[];
}

async function measureAll(stack: Stack, { directory, options, children }: Setup): Promise<void> {
  const loadAverage = Number((loadavg()[0] ?? 0).toFixed(1));
  const { temporal, redisServer = '' } = readToolchain(root, {});
  const logFile = (name: string): string => join(directory, `${name}.log`);
  const redis = await startRedis(stack, {
    binary: redisServer,
    port: 0,
    dir: join(directory, 'redis'),
    logFile: logFile('redis'),
  });
  const server = await startTemporal(stack, { binary: temporal, port: 0, uiPort: 0, logFile: logFile('temporal') });
  const simulator = await startProvider(children);
  await declareEndpoints(simulator.control);
  const environment = environmentOf({ redisUrl: redis.url, temporalAddress: server.address, url: simulator.url });
  const taskQueues = { durable: 'bench-durable', bare: 'bench-bare' };
  for (const side of sides)
    await startWorker(side, { children, environment: { ...environment, HOLDFAST_TASK_QUEUE: taskQueues[side] } });
  const connection = await Connection.connect({ address: server.address });
  try {
    const client = new Client({ connection });
    const report = reportOf(await runBench({ client, taskQueues, simulator: simulator.control, options, say }));
    const machine = { processors: availableParallelism(), loadAverage, node: process.versions.node };
    tellPeople(report);
    if (options.isJson) process.stdout.write(`${JSON.stringify({ ...report, machine })}\n`);
  } finally {
    await connection.close();
  }
}

interface Addresses {
  readonly redisUrl: string;
  readonly temporalAddress: string;
  /** The simulator's. */
  readonly url: string;
}

function environmentOf({ redisUrl, temporalAddress, url }: Addresses): NodeJS.ProcessEnv {
  const urls = Object.keys(latencies).map((name) => [`BENCH_${name.toUpperCase()}_URL`, `${url}/${name}/v1`] as const);
  return {
    ...process.env,
    ...Object.fromEntries(urls),
    BENCH_KEY: key,
    HOLDFAST_CONFIG: join(__dirname, 'holdfast.yaml'),
    HOLDFAST_PROMPTS: join(__dirname, 'prompts'),
    HOLDFAST_LOG_LEVEL: 'error',
    HOLDFAST_SHUTDOWN_GRACE_SECONDS: '1',
    REDIS_URL: redisUrl,
    TEMPORAL_ADDRESS: temporalAddress,
  };
}

/** A process of its own: what the provider computes must not stand in the way of either side. */
async function startProvider(children: ChildProcess[]): Promise<{ url: string; control: SimulatorControl }> {
  const main = resolve(root, 'src/simulator/main.ts');
  const child = fork(main, ['--parent-pid', String(process.pid)], { stdio: ['ignore', 'pipe', 2, 'ipc'] });
  children.push(child);
  const url = await new Promise<string>((done, fail) => {
    child.stdout?.once('data', (line: Buffer) =>
      done((JSON.parse(line.toString()) as { listening: string }).listening),
    );
    child.once('exit', (code) => fail(new Error(`the simulator ended with ${code}`)));
  });
  return { url, control: controlSimulator(url) };
}

async function declareEndpoints(control: SimulatorControl): Promise<void> {
  for (const [name, firstTokenMs] of Object.entries(latencies)) {
    const latency = { firstTokenMs, sigma: 0, tokensPerSecond: 1_000_000 };
    await control.putEndpoint(name, { provider: 'openai', apiKey: key, limits: {}, latency });
  }
}

async function startWorker(
  side: Side,
  { children, environment }: { children: ChildProcess[]; environment: NodeJS.ProcessEnv },
): Promise<void> {
  const child = fork(join(__dirname, 'client.ts'), [side], { env: environment, stdio: ['ignore', 2, 2, 'ipc'] });
  children.push(child);
  await new Promise<void>((done, fail) => {
    child.once('message', (message: WorkerMessage) =>
      message.kind === 'ready' ? done() : fail(new Error(message.message)),
    );
    child.once('exit', (code) => fail(new Error(`the ${side} worker ended with ${code}`)));
  });
}

function tellPeople(report: ReturnType<typeof reportOf>): void {
  const { latencyRatio, measured } = report;
  say('');
  say(
    `latency, provider 500 ms   ${latencyRatio.serial} one after the other, ${latencyRatio.concurrent} with 50 at once`,
  );
  say(
    `latency, provider 0 ms     ${report.latencyRatioAtZero} (${measured.serialMs.at0.durable} ms beside ${measured.serialMs.at0.bare})`,
  );
  say(
    `throughput, provider 0 ms  ${report.throughputRatio} (${measured.stepsPerSecond.durable} steps/s beside ${measured.stepsPerSecond.bare})`,
  );
  say(`history                    ${report.historyBytesPerStep} bytes and ${report.eventsPerStep} events a step`);
  say(
    `after a 503                ${report.failoverAddedMs} ms to the next endpoint, ${report.childTierAddedMs} ms to a child tier`,
  );
}

main().catch((error: unknown) => {
  say(error instanceof HoldfastError ? `holdfast: ${error.type}: ${error.message}` : String((error as Error).stack));
  process.exitCode = 1;
});
