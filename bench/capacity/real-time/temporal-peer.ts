/**
 * Temporal's own limit, on a real server: an activity per call on a queue with `maxTaskQueueActivitiesPerSecond`, set to
 * what the quota admits at the mean size of a request, since it knows requests only.
 */
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { arrivalsOf, patienceMs } from '../arrivals';
import { sendAsSdk } from '../clients/send-as-sdk';
import { activitiesPerSecond } from '../clients/task-queue';
import { planOf } from '../plan';
import { createPopulation, realTimeSizes } from '../population';
import { newTally } from '../tally';
import type { Call } from '../world';
import { openHttpWorld, sleepFor, wallNow } from './http-world';
import type { RealTimeReport, TemporalPeerOrder } from './messages';
import { watchProcess } from './run-process';
import type { oneSecond, SecondInput } from './temporal-workflows';

const workflowQueue = 'bench-seconds';
const activityQueue = 'bench-calls';
const batchMs = 1_000;

export async function runTemporalPeer(order: TemporalPeerOrder): Promise<RealTimeReport> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const { id, cell, seed, perSecond } = order.cell;
  const plan = planOf(cell, { seed, population: createPopulation(seed, realTimeSizes), perSecond });
  const world = openHttpWorld(plan, { cellId: id, simulatorUrl: order.simulatorUrl });
  const tally = newTally();
  const calls = new Map<number, Call>();
  let sent = 0;
  const callProvider = async (number: number): Promise<void> => {
    const call = calls.get(number);
    if (call === undefined) throw new Error(`there is no call ${number}`);
    const outcome = await sendAsSdk(world, sent++ % plan.endpoints.length, call);
    tally[outcome.kind === 'answered' ? 'answered' : 'failed'] += 1;
  };
  const connection = await NativeConnection.connect({ address: order.address });
  const workflows = await Worker.create({
    connection,
    taskQueue: workflowQueue,
    workflowsPath: require.resolve('./temporal-workflows'),
  });
  const activities = await Worker.create({
    connection,
    taskQueue: activityQueue,
    activities: { callProvider },
    maxTaskQueueActivitiesPerSecond: activitiesPerSecond(plan),
    maxConcurrentActivityTaskExecutions: 200,
  });
  const health = watchProcess(order.startAtMs, order.endAtMs);
  const running = [workflows, activities].map((worker) => worker.run());
  const client = new Client({ connection: await Connection.connect({ address: order.address }) });
  await feed({ client, order, calls, arrivals: arrivalsOf(plan, { id }) });
  tally.calls = calls.size;
  const report = { cells: [{ id, tally, due: [] }], ...(await health) };
  for (const worker of [workflows, activities]) worker.shutdown();
  await Promise.all(running);
  await client.connection.close();
  await connection.close();
  return report;
}

interface Feed {
  readonly client: Client;
  readonly order: TemporalPeerOrder;
  readonly calls: Map<number, Call>;
  readonly arrivals: ReturnType<typeof arrivalsOf>;
}

/** A workflow per second, with the calls of that second. */
async function feed({ client, order: { startAtMs, endAtMs }, calls, arrivals }: Feed): Promise<void> {
  let dueAt = startAtMs;
  let next = arrivals.next();
  for (let fromMs = startAtMs; fromMs < endAtMs; fromMs += batchMs) {
    const second: SecondInput['calls'][number][] = [];
    while (next.done !== true && dueAt + next.value.inMs < fromMs + batchMs) {
      dueAt += next.value.inMs;
      const number = calls.size;
      calls.set(number, next.value.call(dueAt));
      second.push({ number, inMs: Math.max(1, Math.round(dueAt - fromMs)) });
      next = arrivals.next();
    }
    await sleepFor(fromMs - wallNow());
    const input: SecondInput = { taskQueue: activityQueue, patienceMs: patienceMs.interactive, calls: second };
    await client.workflow.start<typeof oneSecond>('oneSecond', {
      taskQueue: workflowQueue,
      workflowId: `bench-second-${Math.round((fromMs - startAtMs) / batchMs)}-${startAtMs}`,
      args: [input],
    });
  }
  await sleepFor(endAtMs - wallNow());
}
