/** Orders under way, processes of their service that die, runs that are reset; then the books are read. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { crashPoints } from '../../examples/effects/order-activities';
import type { placeOrder } from '../../examples/effects/workflows';
import { createRandom } from '../../src/simulator/random';
import type { ClientSettings } from './messages';
import type { EffectsOptions } from './options';
import { readBooks, startOrderProcess } from './order-process';
import type { Books, OrderProcess } from './order-process';

export interface EffectsReport {
  readonly orders: number;
  /** In the database. */
  readonly rows: number;
  /** Runs whose order is not in the database, or is another one's, or that ended otherwise. */
  readonly lost: number;
  /** Rows more than orders. */
  readonly doubled: number;
  /** Orders whose message never came. */
  readonly messagesLost: number;
  /** That came again, under the same key: the receiver drops them. */
  readonly messagesTwice: number;
  readonly kills: number;
  readonly killsAtPoints: number;
  readonly resets: number;
  readonly seed: number;
}

interface Place {
  readonly temporal: Client;
  /** Of the pipelines; the service's is this and `-orders`. */
  readonly taskQueue: string;
  readonly settings: ClientSettings;
}

const processes = 3;
const runsAtOnce = 8;
/** Long enough that a random kill meets something under way. */
const pauseMs = 150;
const points = crashPoints.filter((point) => point !== 'afterPiece');

export async function runChaos(
  { temporal, taskQueue, settings }: Place,
  options: EffectsOptions,
): Promise<EffectsReport> {
  const random = createRandom(options.seed, 'effects');
  const service = new Service({ ...settings, pauseMs }, () => random.next(), options.kills);
  const customers = Array.from({ length: options.orders }, (_, index) => `customer ${index}`);
  const workflowIdOf = (customer: string): string => `order:${customer}`;
  try {
    const killing = service.killAll();
    const results = await atMost(runsAtOnce, customers, async (customer) => {
      const options = { taskQueue, workflowId: workflowIdOf(customer) };
      const order = { customer, article: 'bell', quantity: 1 };
      return temporal.workflow.execute<typeof placeOrder>('placeOrder', { ...options, args: [{ order }] });
    });
    service.spare();
    await killing;
    const again = customers.filter((_, index) => index < options.resets);
    const repeated = await atMost(runsAtOnce, again, (customer) => runAgain(temporal, workflowIdOf(customer)));
    const books = readBooks(settings);
    return {
      ...judge(books, customers, [...results, ...repeated]),
      kills: service.kills,
      killsAtPoints: service.killsAtPoints,
      resets: again.length,
      seed: options.seed,
    };
  } finally {
    service.stop();
  }
}

function judge(books: Books, customers: readonly string[], results: readonly unknown[]) {
  const idOf = new Map(books.orders.map(({ id, customer }) => [customer, id]));
  const lost = results.filter((result, index) => {
    // Runs that were reset come after all the others, in the same order.
    const customer = customers[index % customers.length] ?? '';
    return (result as { orderId?: number } | undefined)?.orderId !== idOf.get(customer) || !idOf.has(customer);
  }).length;
  const received = new Set(books.received).size;
  return {
    orders: customers.length,
    rows: books.orders.length,
    lost,
    doubled: Math.max(0, books.orders.length - customers.length),
    messagesLost: Math.max(books.undelivered, customers.length - received),
    messagesTwice: books.received.length - received,
  };
}

/** From its first workflow task on; undefined when it does not end well. */
async function runAgain(temporal: Client, workflowId: string): Promise<unknown> {
  const { runId } = await temporal.workflow.getHandle(workflowId).describe();
  const reset = await temporal.workflowService.resetWorkflowExecution({
    namespace: temporal.options.namespace,
    workflowExecution: { workflowId, runId },
    workflowTaskFinishEventId: 3 as never,
    requestId: `again-${workflowId}`,
    reason: 'chaos',
  });
  return temporal.workflow.getHandle(workflowId, reset.runId).result();
}

/** Some processes of the order service, each replaced when it dies. */
class Service {
  kills = 0;
  killsAtPoints = 0;
  private readonly alive: OrderProcess[] = [];
  private isStopped = false;
  private isSpared = false;

  constructor(
    private readonly settings: ClientSettings,
    private readonly random: () => number,
    private readonly killsWanted: number,
  ) {
    for (let index = 0; index < processes; index++) this.start(index);
  }

  /** Some of them die at the next named point they come to, the others at any moment, until all work is done. */
  async killAll(): Promise<void> {
    while (this.kills < this.killsWanted && !this.isSpared) {
      await sleep(300 + 900 * this.random());
      if (this.random() < 0.5) this.alive[Math.floor(this.random() * processes)]?.child.kill('SIGKILL');
    }
    this.isSpared = true;
  }

  /** Nobody is killed any more. */
  spare(): void {
    this.isSpared = true;
  }

  stop(): void {
    this.isStopped = true;
    for (const { child } of this.alive) child.kill('SIGKILL');
  }

  private start(index: number): void {
    const isArmed = !this.isSpared && this.random() < 0.6;
    const point = points[Math.floor(this.random() * points.length)] ?? 'afterCommit';
    const crash = { point, nth: 1 + Math.floor(this.random() * 5) };
    const started = startOrderProcess({ ...this.settings, ...(isArmed && { crash }) });
    this.alive[index] = started;
    void started.exited.then((how) => {
      if (this.isStopped) return;
      this.kills += 1;
      if (isArmed && how === 'SIGKILL') this.killsAtPoints += 1;
      this.start(index);
    });
  }
}

async function atMost<T, R>(
  limit: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<(R | undefined)[]> {
  const results: (R | undefined)[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      // A run that fails counts as lost.
      results[index] = await work(items[index] as T).catch(() => undefined);
    }
  };
  await Promise.all(Array.from({ length: limit }, lane));
  return results;
}
