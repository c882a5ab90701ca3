import type { PoolReading } from '../../../src/contracts/capacity';
import { openCapacity } from '../../../src/workers/open-capacity';
import type { OpenCapacity } from '../../../src/workers/open-capacity';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

/** Leases last 30 s: what is gone at once was given back, not forgotten. */
describe.each([
  ['each', false],
  ['eachInChunks', true],
])('%s that is cancelled', (_, inChunks) => {
  let harness: Harness;
  let capacity: OpenCapacity;
  beforeEach(async () => {
    harness = await startHarness();
    await harness.startWorker();
    capacity = await openCapacity(harness.environment);
  });
  afterEach(async () => {
    await capacity.close();
    await harness.stop();
  });

  const inFlight = ({ endpoints }: PoolReading): number | undefined => endpoints[0]?.inFlight;

  async function cancel(items: readonly string[], until: () => Promise<boolean>): Promise<void> {
    const input = { items, inChunks, options: { concurrency: items.length, tolerate: items.length } };
    const run = await harness.client.start('eachOf', input, { id: `cancelled-${harness.taskQueue}` });
    await eventually('its items in progress', until);
    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ details: { failure: 'Cancelled' } });
  }

  test('aborts every call down to the socket and frees its slots', async () => {
    await harness.simulator.addFault({ endpoint: 'east', kind: 'hangBeforeHeaders', forMs: 3_000_000 });
    const items = Array.from({ length: 6 }, (_, index) => `bulk bells ${index}`);
    const calls = () => harness.simulator.ledger({ endpoint: 'east' });
    await cancel(items, async () => (await calls()).filter(({ outcome }) => outcome === 'running').length === 6);
    await eventually('the closed sockets', async () => (await calls()).every(({ outcome }) => outcome === 'aborted'));
    expect(await calls()).toHaveLength(6);
    expect(inFlight(await capacity.inspect('single'))).toBe(0);
  });

  test('leaves every place in the queue', async () => {
    const items = Array.from({ length: 6 }, (_, index) => `queue bells ${index}`);
    await cancel(items, async () => (await capacity.inspect('slow')).waiting.batch >= 4);
    const left = await capacity.inspect('slow');
    expect([left.waiting.batch, inFlight(left)]).toEqual([0, 0]);
  });
});
