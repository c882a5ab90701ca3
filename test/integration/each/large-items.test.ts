import type { PayloadWorld } from '../payloads/payload-world';
import { startPayloadWorld } from '../payloads/payload-world';

let world: PayloadWorld;
let stopWorker: () => Promise<void>;

beforeAll(async () => {
  world = await startPayloadWorld();
  stopWorker = await world.startWorker();
});
afterAll(async () => {
  await stopWorker();
  await world.stop();
});

test.each([
  ['each', false],
  ['eachInChunks', true],
])('%s takes items of 3 MB, which go by reference', async (name, inChunks) => {
  const client = await world.open();
  const items = ['a', 'x'.repeat(3_000_000), 'b', 'y'.repeat(3_000_000)];
  const run = await client.start('eachOf', { items, inChunks }, { id: `large-${name}-${world.harness.taskQueue}` });
  await expect(run.result()).resolves.toEqual(items.map((item, index) => `${index}: ${item}`));
  for (const workflowId of [run.workflowId, ...(await run.children())]) {
    expect(await world.historyBytes(workflowId)).toBeLessThan(20_000);
  }
});
