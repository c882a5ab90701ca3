/** What examples/effects promises, with its service in processes that are killed. The pipelines run in this process. */
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClientSettings } from '../../../bench/effects/messages';
import { readBooks, startOrderProcess } from '../../../bench/effects/order-process';
import type { OrderProcess } from '../../../bench/effects/order-process';
import { openOrderStore } from '../../../examples/effects/order-store';
import { createOrderWorker } from '../../../examples/effects/order-worker';
import { connect } from '../../../src/client';
import type { HoldfastClient } from '../../../src/client';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';
import { readServices } from '../../support/services';

const pipelines = ['placeOrder', 'placeOrders', 'orderAgain', 'importPriceList'].map((name) => ({
  name,
  description: `example ${name}`,
  parseInput: (value: unknown) => value,
}));
const order = { customer: 'Ana', article: 'bell', quantity: 2 };

// A process that is killed shows after its heartbeat timeout, and the next one has to start.
jest.setTimeout(120_000);

let harness: Harness;
let client: HoldfastClient;
let directory: string;
let processes: OrderProcess[] = [];
let stopHere: (() => Promise<void>) | undefined;
let settings: ClientSettings;
let ids = 0;

beforeAll(async () => {
  harness = await startHarness();
  await harness.startWorker();
  client = await connect({ environment: harness.environment, pipelines });
});
afterAll(async () => {
  await client.close();
  await harness.stop();
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdfast-effects-'));
  settings = {
    temporalAddress: readServices().temporalAddress,
    taskQueue: `${harness.taskQueue}-orders`,
    databaseFile: join(directory, 'orders.db'),
    receivedFile: join(directory, 'received'),
  };
  openOrderStore(settings.databaseFile).close();
});
afterEach(async () => {
  await stopHere?.();
  stopHere = undefined;
  for (const { child } of processes) child.kill('SIGKILL');
  await Promise.all(processes.map(({ exited }) => exited));
  processes = [];
  await rm(directory, { recursive: true, force: true });
});

/** A process that dies. */
function serveUntil(crash: NonNullable<ClientSettings['crash']>, pauseMs = 0): OrderProcess {
  const started = startOrderProcess({ ...settings, crash, pauseMs });
  processes.push(started);
  return started;
}

/** In this process, until the end of the test. */
async function serve(): Promise<void> {
  const send = ({ key }: { key: string }): Promise<void> => appendFile(settings.receivedFile, `${key}\n`);
  const worker = await createOrderWorker({ ...settings, send });
  const running = worker.run();
  stopHere = () => {
    worker.shutdown();
    return running;
  };
}

const named = (name: string): { id: string } => ({ id: `${name}-${harness.taskQueue}-${ids++}` });
const resultOf = async <T>(run: { result(): Promise<unknown> }): Promise<T> => (await run.result()) as T;

/** To the first workflow task, so that everything after it is done again. */
async function resetToStart(workflowId: string): Promise<void> {
  const { workflowService, options, workflow } = harness.temporal;
  const { runId } = await workflow.getHandle(workflowId).describe();
  await workflowService.resetWorkflowExecution({
    namespace: options.namespace,
    workflowExecution: { workflowId, runId },
    workflowTaskFinishEventId: 3 as never,
    requestId: `reset-${workflowId}-${runId}`,
    reason: 'a test',
  });
}

describe('an effect', () => {
  test('leaves one row and one message, wherever its process is killed', async () => {
    const points = ['beforeWrite', 'inTransaction', 'afterCommit', 'beforeMark'] as const;
    // One after the other takes over: each but the last one dies at its point, at the work the one before has left.
    const run = await client.start('placeOrder', { order }, named('killed'));
    for (const point of points) {
      const victim = serveUntil({ point, nth: 1 });
      expect(`${point}: ${await victim.exited} ${victim.log()}`).toBe(`${point}: SIGKILL `);
    }
    await serve();
    const { orderId } = await resultOf<{ orderId: number }>(run);
    const books = readBooks(settings);
    expect(books.orders).toEqual([{ id: orderId, customer: 'Ana' }]);
    // Sent before it was marked, so sent twice, under one key: the receiver drops the second.
    expect(books.received).toHaveLength(2);
    expect(new Set(books.received).size).toBe(1);
    expect(books.undelivered).toBe(0);
  });

  test('is not repeated when its acknowledged run is reset, twice', async () => {
    await serve();
    const run = await client.start('placeOrder', { order, ask: true }, named('reset'));
    const asked = (): Promise<unknown> =>
      eventually('the question', async () => (await run.status()).approvals.length === 1);
    await asked();
    for (const _ of [1, 2]) {
      await resetToStart(run.workflowId);
      await asked();
    }
    await client.run(run.workflowId).decide('send', { outcome: 'approved', by: 'ana' });
    const { orderId } = await resultOf<{ orderId: number }>(client.run(run.workflowId));
    const { orders, received } = readBooks(settings);
    expect(orders).toEqual([{ id: orderId, customer: 'Ana' }]);
    expect(received).toHaveLength(1);
  });

  test('is one of its own in every run of a chain', async () => {
    await serve();
    const run = await client.start('orderAgain', { order, times: 3 }, named('chain'));
    const orderIds = await resultOf<number[]>(run);
    expect(new Set(orderIds).size).toBe(3);
    expect(readBooks(settings).orders.map(({ id }) => id)).toEqual(orderIds);
  });

  test('side by side, 40 orders are 40 rows: in a process that dies, in the next one, and after a reset', async () => {
    const victim = serveUntil({ point: 'afterCommit', nth: 3 });
    const orders = Array.from({ length: 40 }, (_, index) => ({ ...order, customer: `customer ${index}` }));
    const run = await client.start('placeOrders', { orders }, named('many'));
    expect(await victim.exited).toBe('SIGKILL');
    await serve();
    const first = await resultOf<number[]>(run);
    await resetToStart(run.workflowId);
    const again = await resultOf<number[]>(client.run(run.workflowId));
    expect(again).toEqual(first);
    const rows = readBooks(settings).orders;
    expect(rows).toHaveLength(40);
    expect(first.map((id) => rows.find((row) => row.id === id)?.customer)).toEqual(
      orders.map(({ customer }) => customer),
    );
  });
});

describe('a long activity', () => {
  const pieces = 50;
  const linesPerPiece = 20;

  test('goes on at its last heartbeat after SIGKILL: every line once, few pieces read twice', async () => {
    const file = join(directory, 'prices.csv');
    const lines = Array.from({ length: pieces * linesPerPiece }, (_, index) => `article é${index};${index}\n`);
    await writeFile(file, lines.join(''));
    const run = await client.start('importPriceList', { file, linesPerPiece }, named('import'));
    const victim = serveUntil({ point: 'afterPiece', nth: 45 }, 30);
    expect(await victim.exited).toBe('SIGKILL');
    await serve();
    await expect(run.result()).resolves.toEqual({ lines: lines.length });
    const { priceLines, timesRead } = readBooks(settings);
    expect(priceLines).toBe(lines.length);
    expect(timesRead).toHaveLength(pieces);
    const readAgain = timesRead.filter((times) => times > 1).length;
    // The piece it died at, and what the heartbeats of at most 500 ms had not told yet.
    expect(readAgain).toBeGreaterThanOrEqual(1);
    expect(readAgain).toBeLessThan(30);
    expect(timesRead[0]).toBe(1);
  });
});
