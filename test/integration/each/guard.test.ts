import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '../../../src/contracts/json';
import type { LedgerEntry } from '../../../src/simulator/ledger';
import { startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

/** The model calls the tool once a turn, and never says that it is done. */
describe('guard', () => {
  let harness: Harness;
  let lookups = 0;
  const tools = {
    lookUpOrder: (): Promise<JsonObject> => {
      lookups += 1;
      return Promise.resolve({ status: 'shipped' });
    },
  };
  beforeEach(async () => {
    lookups = 0;
    harness = await startHarness();
  });
  afterEach(() => harness.stop());

  async function ends(limits: object, message: string): Promise<LedgerEntry[]> {
    await harness.startWorker(tools);
    const input = { step: 'test.withTools', topics: ['order 7', 'order 8'], limits };
    const run = await harness.client.start('agent', input, { id: `agent-${harness.taskQueue}` });
    await expect(run.result()).rejects.toMatchObject({
      message: expect.stringContaining(message) as string,
      details: { failure: 'Pipeline.LoopLimit' },
    });
    return [...(await harness.simulator.ledger())];
  }

  test('ends an agent that calls tools after its turns', async () => {
    const calls = await ends({ maxTurns: 3 }, 'the loop ends before turn 4: 3 of 3 turns are used');
    expect([lookups, calls.length]).toEqual([3, 6]);
  });

  test('ends it before the turn that tokens no longer allow', async () => {
    const calls = await ends({ maxTurns: 20, tokens: 200 }, 'of 200 tokens are used');
    const used = calls.reduce((sum, { inputTokens, outputTokens }) => sum + inputTokens + outputTokens, 0);
    const before = calls.slice(0, -2).reduce((sum, call) => sum + call.inputTokens + call.outputTokens, 0);
    expect(used).toBeGreaterThanOrEqual(200);
    expect(before).toBeLessThan(200);
  });

  test('refuses limits that make no sense', async () => {
    await harness.startWorker(tools);
    const input = { step: 'test.withTools', topics: ['order 7'], limits: { maxTurns: 0 } };
    const run = await harness.client.start('agent', input, { id: `none-${harness.taskQueue}` });
    await expect(run.result()).rejects.toMatchObject({ details: { failure: 'Pipeline.InvalidInput' } });
    expect(await harness.simulator.ledger()).toEqual([]);
  });

  test('agents side by side share the capacity of a pool: never more calls at once than it has slots', async () => {
    const slots = 2;
    const text = await readFile(harness.environment['HOLDFAST_CONFIG'] ?? '', 'utf8');
    const file = join(harness.outputDirectory, 'two-slots.yaml');
    await writeFile(file, text.replaceAll('tpm: 600000, concurrency: 20', `tpm: 600000, concurrency: ${slots}`));
    harness.environment['HOLDFAST_CONFIG'] = file;
    await harness.simulator.putEndpoint('east', {
      provider: 'openai',
      apiKey: 'key-east',
      limits: { concurrency: slots },
      latency: { firstTokenMs: 4_000, sigma: 0.5, tokensPerSecond: 2_000 },
    });
    await harness.startWorker();
    const topics = Array.from({ length: 4 }, (_, agent) => [`agent ${agent}`]);
    const input = { step: 'test.single', topics, limits: { maxTurns: 3 } };
    const run = await harness.client.start('agents', input, { id: `agents-${harness.taskQueue}` });
    const ends = await run.result<string[]>();
    expect(ends).toEqual(topics.map(() => expect.stringContaining('3 of 3 turns are used') as string));
    const calls = await harness.simulator.ledger({ endpoint: 'east' });
    expect(calls.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200));
    expect(mostAtOnce(calls)).toBe(slots);
  });
});

function mostAtOnce(calls: readonly LedgerEntry[]): number {
  return Math.max(
    ...calls.map(
      ({ receivedAt }) =>
        calls.filter((other) => other.receivedAt <= receivedAt && (other.endedAt ?? 0) > receivedAt).length,
    ),
  );
}
