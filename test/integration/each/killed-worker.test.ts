/** A thousand items over forty children, and a worker that is killed in the middle: each item has one answer. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import type { History } from '@temporalio/common/lib/proto-utils';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';
import { readServices } from '../../support/services';

const itemCount = 1_000;
/** In `occurrenceInList`. */
const perItem = 1_000;
const perList = 1_000_000_000;
const itemOf = (occurrence: number): number => Math.floor((occurrence - perList) / perItem);

describe('a list in chunks whose worker is killed', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
    // What is tested is not the waiting for a quota.
    await harness.simulator.putEndpoint('east', {
      provider: 'openai',
      apiKey: 'key-east',
      limits: {},
      latency: { firstTokenMs: 1_000, sigma: 0.3, tokensPerSecond: 2_000 },
    });
    const text = await readFile(harness.environment['HOLDFAST_CONFIG'] ?? '', 'utf8');
    const file = join(harness.outputDirectory, 'wide.yaml');
    await writeFile(file, text.replaceAll('rpm: 600, tpm: 600000, concurrency: 20', 'rpm: 60000, tpm: 60000000'));
    harness.environment['HOLDFAST_CONFIG'] = file;
  });
  afterAll(() => harness.stop());

  async function historyOf(workflowId: string): Promise<History> {
    return harness.temporal.workflow.getHandle(workflowId).fetchHistory();
  }

  test('ends with every result in its place, one recorded answer for each item, and histories that replay', async () => {
    const victim = harness.spawnWorker();
    harness.spawnWorker();
    const items = Array.from({ length: itemCount }, (_, index) => `bulk bells ${index}`);
    const input = { items, inChunks: true, options: { concurrency: 48 } };
    const run = await harness.client.start('eachOf', input, { id: `killed-${harness.taskQueue}` });
    await eventually('a third of the list', async () => ((await run.status()).progress?.[0]?.done ?? 0) >= 300, 60_000);
    victim.child.kill('SIGKILL');
    expect(await victim.exited).toBe('SIGKILL');

    const results = await run.result<string[]>();
    expect(results).toHaveLength(itemCount);
    expect(results.every((result) => typeof result === 'string' && result !== '')).toBe(true);
    const children = await run.children();
    expect(children.length).toBeGreaterThanOrEqual(40);
    const histories = await Promise.all(children.map(historyOf));
    const answered = histories.flatMap(answeredItems);
    expect(answered.toSorted((a, b) => a - b)).toEqual(items.map((_, index) => index));
    // What the dead worker was told by the provider died with it: no more than it had in flight.
    const paid = (await harness.simulator.ledger({ endpoint: 'east' })).filter(({ billed }) => billed);
    expect(paid.length - itemCount).toBeGreaterThanOrEqual(0);
    expect(paid.length - itemCount).toBeLessThanOrEqual(48);
    expect((await run.status()).totals.steps).toBe(itemCount);

    const workflowBundle = { codePath: readServices().workflowBundle };
    const own = await historyOf(run.workflowId);
    expect(own.events?.length).toBeLessThan(1_000);
    await Worker.runReplayHistory({ workflowBundle }, own, run.workflowId);
    for (const [index, history] of histories.entries()) {
      if (index % 8 === 0) await Worker.runReplayHistory({ workflowBundle }, history, children[index]);
    }
  }, 180_000);
});

/** Items whose call has a result in this history. */
function answeredItems({ events }: History): number[] {
  const calls = new Map(
    (events ?? []).flatMap((event) => {
      const scheduled = event.activityTaskScheduledEventAttributes;
      if (scheduled?.activityType?.name !== 'callModel') return [];
      const data = scheduled.input?.payloads?.[0]?.data ?? new Uint8Array();
      const { id } = JSON.parse(Buffer.from(data).toString()) as { id: { occurrence: number } };
      return [[String(event.eventId), itemOf(id.occurrence)] as const];
    }),
  );
  return (events ?? []).flatMap((event) => {
    const item = calls.get(String(event.activityTaskCompletedEventAttributes?.scheduledEventId));
    return item === undefined ? [] : [item];
  });
}
