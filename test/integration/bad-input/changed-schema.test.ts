import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { createWorker } from '../../../src/workers';
import type { CreateWorkerOptions, HoldfastWorker } from '../../../src/workers';
import { NativeConnection } from '@temporalio/worker';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

describe('an output schema that changed between two deploys', () => {
  let harness: Harness;
  let connection: NativeConnection;
  beforeAll(async () => {
    harness = await startHarness();
    connection = await NativeConnection.connect({ address: harness.environment['TEMPORAL_ADDRESS'] ?? '' });
    const text = await readFile(harness.environment['HOLDFAST_CONFIG'] ?? '', 'utf8');
    const file = join(harness.outputDirectory, 'greeting.yaml');
    const step = '  test.greets: { prompt: test/answer@1, output: Greeting, tiers: [{ pool: slow }] }\n';
    await writeFile(file, text.replace('\nsteps:\n', `\nsteps:\n${step}`));
    harness.environment['HOLDFAST_CONFIG'] = file;
  });
  afterAll(async () => {
    await connection.close();
    await harness.stop();
  });

  async function deploy(schemas: NonNullable<CreateWorkerOptions['schemas']>): Promise<() => Promise<void>> {
    const { environment } = harness;
    const worker: HoldfastWorker = await createWorker({ environment, connection, schemas });
    const running = worker.run();
    return async () => {
      worker.shutdown();
      await running;
    };
  }

  test('ends a step that was opened before it with a typed failure, sends nothing, and serves later runs', async () => {
    const start = (id: string) =>
      harness.client.start(
        'oneStep',
        { step: 'test.greets', variables: { topic: id } },
        { id: `${id}-${harness.taskQueue}` },
      );
    const before = await deploy({ Greeting: z.strictObject({ text: z.string() }) });
    await (await start('first')).result();
    // The pool starts one call every three seconds: this one waits for its start on a durable timer.
    const waiting = await start('opened-before');
    await eventually('the wait', async () => (await waiting.status()).steps[0]?.state === 'waiting');
    await before();
    const after = await deploy({ Greeting: z.strictObject({ text: z.string(), language: z.string() }) });
    await expect(waiting.result()).rejects.toMatchObject({
      message: expect.stringMatching(/changed after this step was opened; deploy it as a new version/) as string,
      details: { failure: 'Llm.Internal' },
    });
    expect(await harness.simulator.ledger()).toHaveLength(1);
    const later = await (await start('later')).result<{ value: object }>();
    expect(Object.keys(later.value).sort()).toEqual(['language', 'text']);
    await after();
  });
});
