import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { NativeConnection } from '@temporalio/worker';
import { createWorker } from '../../../src/workers';
import type { CreateWorkerOptions, HoldfastWorker } from '../../../src/workers';
import type { JsonObject } from '../../../src/contracts/json';
import { askIn } from '../approval/asking';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';
import { readServices } from '../../support/services';

/** What a deploy may do to runs under way. */
const versions = {
  v1: { Parcel: z.strictObject({ weightKg: z.number() }) },
  v2: { Parcel: z.strictObject({ weightGrams: z.number(), label: z.string() }) },
};

describe('a schema that changed between two deploys', () => {
  let harness: Harness;
  let native: NativeConnection;
  let worker: { holdfast: HoldfastWorker; running: Promise<void> } | undefined;

  beforeAll(async () => {
    harness = await startHarness();
    native = await NativeConnection.connect({ address: readServices().temporalAddress });
    const text = await readFile(harness.environment['HOLDFAST_CONFIG'] ?? '', 'utf8');
    const file = join(harness.outputDirectory, 'holdfast.yaml');
    await writeFile(file, text.replaceAll(/^ {2}test\.(paced|parking|single):$/gm, '$&\n    output: Parcel'));
    harness.environment['HOLDFAST_CONFIG'] = file;
  });
  afterAll(async () => {
    await stop();
    await native.close();
    await harness.stop();
  });

  async function deploy(version: keyof typeof versions): Promise<void> {
    await stop();
    const schemas = versions[version] as CreateWorkerOptions['schemas'] & object;
    const holdfast = await createWorker({ environment: harness.environment, connection: native, schemas });
    worker = { holdfast, running: holdfast.run() };
  }

  async function stop(): Promise<void> {
    worker?.holdfast.shutdown();
    await worker?.running;
    worker = undefined;
  }

  test('is typed and harmless, whatever a run was at', async () => {
    await deploy('v1');
    const { run: asking } = await askIn(harness, { step: 'test.single', topic: 'bells' }, { pipeline: 'askThenStep' });
    await harness.simulator.addFault({ endpoint: 'east', kind: 'status', status: 503 });
    const parking = { step: 'test.parking', variables: { topic: 'bells' } };
    const parked = await harness.client.start('oneStep', parking, { id: `parked-${harness.taskQueue}` });
    await eventually('parked', async () => (await parked.status()).steps[0]?.state === 'parked');
    await harness.simulator.clearFaults();
    const pacing = { step: 'test.paced', topics: ['a', 'b'], concurrency: 2 };
    const paced = await harness.client.start('manySteps', pacing, { id: `paced-${harness.taskQueue}` });
    const callsOfPaced = async (): Promise<number> =>
      (await harness.simulator.ledger()).filter(({ endpoint }) => endpoint === 'slow').length;
    await eventually('a wait', async () => (await paced.status()).steps.some(({ state }) => state === 'waiting'));
    await eventually('the first call', async () => (await callsOfPaced()) === 1);

    await deploy('v2');

    // Opened under the old one and not called yet: it ends before anything is bought for it.
    await expect(paced.result()).rejects.toMatchObject({
      type: 'Pipeline.Failed',
      message: expect.stringMatching(/or its schema changed after this step was opened; deploy it as a new version/),
      details: { failure: 'Llm.Internal' },
    });
    expect(await callsOfPaced()).toBe(1);
    // Opened after the deploy: by the new one.
    await asking.decide('publish', { outcome: 'approved', by: 'ana' });
    const { value } = await asking.result<{ value: unknown }>();
    expect(versions.v2.Parcel.safeParse(value)).toMatchObject({ success: true });
    // What a person answers now is checked by the new one.
    const answer = (given: JsonObject) =>
      parked.operate({ step: 'test.parking', kind: 'answer', by: 'ops', value: given });
    await expect(answer({ weightKg: 2 })).rejects.toMatchObject({ type: 'Llm.OutputInvalid' });
    await answer({ weightGrams: 2_000, label: 'books' });
    expect(await parked.result()).toMatchObject({ servedBy: 'ops', value: { weightGrams: 2_000, label: 'books' } });
  });
});
