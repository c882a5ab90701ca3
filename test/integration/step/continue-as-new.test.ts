import type { StepResult } from '../../../src/workflows/public';
import { startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

describe('a step after continue-as-new', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
    await harness.startWorker();
  });
  afterAll(() => harness.stop());

  test('is a call of its own: the same variables do not bring back the answer of an earlier run of the chain', async () => {
    const run = await harness.client.start(
      'stepPerRun',
      { step: 'test.single', topic: 'bells', runs: 3 },
      { id: `chain-${harness.taskQueue}` },
    );
    await run.result<StepResult>();
    expect(await harness.simulator.ledger()).toHaveLength(3);
    expect((await run.status()).steps).toMatchObject([{ step: 'test.single', occurrence: 2 }]);
  });
});
