/** `npm run chaos:effects`: processes die in the middle of their effects, and each effect happened once. See docs/effects.md. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { openOrderStore } from '../../examples/effects/order-store';
import { HoldfastError } from '../../src/errors';
import { createStack, onEndSignal, readToolchain, startTemporal } from '../../src/stack';
import { workflowInterceptorModules } from '../../src/workers/create-worker';
import { parseOptions } from './options';
import { runChaos } from './run-chaos';
import type { EffectsReport } from './run-chaos';

const taskQueue = 'effects';

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  say(`seed ${options.seed}: ${options.orders} orders, ${options.kills} kills, ${options.resets} resets`);
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-effects-'));
  const stack = await createStack();
  const stopListening = onEndSignal(() => void stack.stop().finally(() => process.exit(130)));
  try {
    const { temporal } = readToolchain(resolve(__dirname, '..', '..'), {});
    const logFile = join(directory, 'temporal.log');
    const { address } = await startTemporal(stack, { binary: temporal, port: 0, uiPort: 0, logFile });
    const report = await withPipelines(address, (client) =>
      runChaos({ temporal: client, taskQueue, settings: settingsIn(directory, address) }, options),
    );
    tell(report);
    if (options.isJson) process.stdout.write(`${JSON.stringify(report)}\n`);
    if (!isGood(report)) process.exitCode = 1;
  } finally {
    stopListening();
    await stack.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

function settingsIn(directory: string, temporalAddress: string) {
  const databaseFile = join(directory, 'orders.db');
  openOrderStore(databaseFile).close();
  return { temporalAddress, taskQueue: `${taskQueue}-orders`, databaseFile, receivedFile: join(directory, 'received') };
}

/** The pipelines need nothing of Holdfast's worker but its interceptors: they call no model. */
async function withPipelines<T>(address: string, work: (client: Client) => Promise<T>): Promise<T> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const worker = await Worker.create({
    connection: native,
    taskQueue,
    workflowsPath: join(__dirname, 'workflows.ts'),
    interceptors: { workflowModules: workflowInterceptorModules },
  });
  try {
    return await worker.runUntil(() => work(new Client({ connection })));
  } finally {
    await connection.close();
    await native.close();
  }
}

function isGood({ lost, doubled, messagesLost, kills, killsAtPoints }: EffectsReport): boolean {
  // Without a kill at a named point nothing was shown.
  return lost === 0 && doubled === 0 && messagesLost === 0 && (kills === 0 || killsAtPoints > 0);
}

function tell({
  orders,
  rows,
  lost,
  doubled,
  messagesLost,
  messagesTwice,
  kills,
  killsAtPoints,
  resets,
}: EffectsReport): void {
  say(`${orders} orders, ${rows} rows: ${lost} lost, ${doubled} doubled`);
  say(`messages: ${messagesLost} lost, ${messagesTwice} came twice under their key`);
  say(`${kills} processes died, ${killsAtPoints} of them at a named point; ${resets} runs were reset to their start`);
}

main().catch((error: unknown) => {
  say(error instanceof HoldfastError ? `holdfast: ${error.type}: ${error.message}` : String((error as Error).stack));
  process.exitCode = 1;
});
