/** `npm run bench:each`: thousands of items in the batch lane against a quota that binds, workers killed on the way. See docs/each.md. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { connect } from '../../src/client';
import { HoldfastError } from '../../src/errors';
import { createStack, onEndSignal } from '../../src/stack';
import { parseOptions } from './options';
import type { BenchOptions } from './options';
import { reportOf } from './report';
import type { Report } from './report';
import { runBench } from './run-bench';
import { verify } from './verify';
import { openWorld, quota, taskQueue } from './world';
import type { World } from './world';

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  const stack = await createStack();
  const stopListening = onEndSignal(() => void stack.stop().finally(() => process.exit(130)));
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-each-'));
  try {
    const world = await openWorld(stack, { directory, seed: options.seed });
    const report = await measure(world, options).finally(() => world.close());
    tell(report);
    if (options.isJson) process.stdout.write(`${JSON.stringify(report)}\n`);
    if (report.lost > 0 || report.doubled > 0 || report.kills < options.kills) process.exitCode = 1;
  } finally {
    stopListening();
    await stack.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function measure(world: World, options: BenchOptions): Promise<Report> {
  const { temporalAddress: address, redisUrl, keyPrefix } = world;
  const pipelines = [
    { name: 'classifyAll', description: 'one step for every item', parseInput: (input: unknown) => input },
  ];
  const client = await connect({
    address,
    namespace: 'default',
    redisUrl,
    keyPrefix,
    taskQueue,
    pipelines,
    environment: {},
  });
  const connection = await Connection.connect({ address });
  const temporal = new Client({ connection });
  try {
    say(`seed ${options.seed}: ${options.items} items, ${quota.tpm} tokens a minute`);
    const ran = await runBench({ world, client, temporal, options, say });
    const verified = await verify(temporal, ran, options.items);
    const ledger = await world.simulator.ledger({ endpoint: 'quota' });
    return reportOf({ options, ran, verified, ledger, tokensPerMinute: quota.tpm });
  } finally {
    await connection.close();
    await client.close();
  }
}

function tell(report: Report): void {
  const { items, seconds, itemsPerSecond, optimumPerSecond, optimumRatio } = report;
  say('');
  say(`${items} items in ${seconds} s: ${itemsPerSecond} a second of ${optimumPerSecond} (${optimumRatio})`);
  say(
    `${report.kills} workers killed: ${report.lost} lost, ${report.doubled} doubled, ${report.paidExtra} paid in vain`,
  );
  say(
    `${report.chunks} children; longest history ${report.longestHistoryEvents} events, ${report.longestHistoryKb} KiB; ` +
      `memory ${report.rssGrowthMb} MiB`,
  );
}

main().catch((error: unknown) => {
  say(error instanceof HoldfastError ? `holdfast: ${error.type}: ${error.message}` : String((error as Error).stack));
  process.exitCode = 1;
});
