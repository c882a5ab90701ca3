import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepResult } from '../../../src/workflows/public';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

/** A deploy takes an endpoint out of the config while a run holds something on it. */
describe('a step whose endpoint is gone from the config', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await startHarness();
  });
  afterEach(() => harness.stop());

  /** The same config with `replacement` in the place of `endpoint` in every pool. */
  async function configWithout(endpoint: string, replacement: string): Promise<string> {
    const text = await readFile(harness.environment['HOLDFAST_CONFIG'] ?? '', 'utf8');
    const file = join(harness.outputDirectory, `without-${endpoint}.yaml`);
    const changed = text
      .replace(new RegExp(`^  ${endpoint}: \\{.*\\n.*\\n`, 'm'), '')
      .replaceAll(`[${endpoint}]`, `[${replacement}]`)
      .replaceAll(`[${endpoint}, `, '[');
    await writeFile(file, changed);
    return file;
  }

  test('takes another one when the claim it waited for cannot be used', async () => {
    await harness.startWorker();
    const run = await harness.client.start(
      'manySteps',
      { step: 'test.paced', topics: ['a', 'b'], concurrency: 2 },
      { id: `gone-${harness.taskQueue}` },
    );
    await eventually('a wait', async () => (await run.status()).steps.some((step) => step.state === 'waiting'));
    await eventually('the first call', async () => (await harness.simulator.ledger()).length === 1);
    await harness.stopWorker();
    harness.environment['HOLDFAST_CONFIG'] = await configWithout('slow', 'east');
    await harness.startWorker();
    const results = await run.result<StepResult[]>();
    // Which of the two goes first is the load's affair: a claim that comes to its start late is booked behind the other.
    expect(results.map((result) => result.servedBy).toSorted()).toEqual(['east', 'slow']);
    const calls = await harness.simulator.ledger();
    expect(calls.map((call) => [call.endpoint, call.status])).toEqual([
      ['slow', 200],
      ['east', 200],
    ]);
  }, 60_000);

  test('takes the answer that was paid for there out of the journal', async () => {
    const run = await harness.client.start(
      'oneStep',
      { step: 'test.single', variables: { topic: 'x' } },
      { id: `kept-${harness.taskQueue}` },
    );
    const first = harness.spawnWorker({ HOLDFAST_CRASH_POINT: 'beforeSettle' });
    expect(await first.exited).toBe('SIGKILL');
    harness.spawnWorker({ HOLDFAST_CONFIG: await configWithout('east', 'west') });
    expect(await run.result<StepResult>()).toMatchObject({ servedBy: 'east' });
    expect(await harness.simulator.ledger()).toHaveLength(1);
  }, 120_000);
});
