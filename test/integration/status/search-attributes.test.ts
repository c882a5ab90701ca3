import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { HoldfastClient } from '../../../src/client/holdfast-client';
import type { ListedRun, RunFilter } from '../../../src/client';
import { searchAttributeKinds } from '../../../src/contracts/search-attributes';
import { createWorker } from '../../../src/workers';
import { askIn } from '../approval/asking';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';
import { readServices } from '../../support/services';

describe('search attributes', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
    await harness.startWorker();
  });
  afterAll(() => harness.stop());

  const attributesOf = async (workflowId: string): Promise<Record<string, unknown>> => {
    const { typedSearchAttributes } = await harness.temporal.workflow.getHandle(workflowId).describe();
    const own = typedSearchAttributes.getAll().filter(({ key }) => key.name in searchAttributeKinds);
    return Object.fromEntries(own.map(({ key, value }) => [key.name, value]));
  };
  const upsertsOf = async (workflowId: string): Promise<number> => {
    const { events } = await harness.temporal.workflow.getHandle(workflowId).fetchHistory();
    return (events ?? []).filter((event) => event.upsertWorkflowSearchAttributesEventAttributes).length;
  };
  const listed = (filter: RunFilter, workflowId: string): Promise<ListedRun> =>
    eventually('the run in the list', async () =>
      (await harness.client.list(filter)).find((run) => run.workflowId === workflowId),
    );

  test('a run that goes as planned has one event for them, at its end', async () => {
    const id = randomUUID();
    const input = { step: 'test.single', variables: { topic: 'bells' } };
    const run = await harness.client.start('oneStep', input, { id, tenant: 'acme' });
    await run.result();
    expect(await attributesOf(run.workflowId)).toEqual({
      HoldfastPipeline: 'oneStep',
      HoldfastTenant: 'acme',
      HoldfastDegraded: false,
      HoldfastCostUsd: expect.closeTo((await run.status()).totals.costUsd, 5),
    });
    expect(await upsertsOf(run.workflowId)).toBe(1);
    expect(await listed({ tenant: 'acme', pipeline: 'oneStep' }, run.workflowId)).toMatchObject({
      state: 'completed',
      degraded: false,
      waitingFor: [],
    });
  });

  test('a fallback tier makes the run degraded and names the step; the tier’s child carries run, tenant and step', async () => {
    await harness.simulator.addFault({ endpoint: 'east', kind: 'invalidJson', text: 'no JSON at all' });
    const input = { step: 'test.structured', variables: { topic: 'bells' } };
    const run = await harness.client.start('oneStep', input, { id: randomUUID(), tenant: 'acme' });
    await run.result();
    await harness.simulator.clearFaults();
    const [child = ''] = await run.children();
    expect(await attributesOf(child)).toEqual({
      HoldfastPipeline: 'oneStep',
      HoldfastTenant: 'acme',
      HoldfastStep: ['test.structured'],
    });
    expect(await attributesOf(run.workflowId)).toMatchObject({
      HoldfastDegraded: true,
      HoldfastStep: ['test.structured'],
    });
    await listed({ degraded: true, step: 'test.structured' }, run.workflowId);
  });

  test('who waits for a person is found by it, until the decision', async () => {
    const { run } = await askIn(harness, { title: 'Publish?' });
    await listed({ waitingFor: 'person' }, run.workflowId);
    const inbox = await eventually('the question', async () => {
      const { items } = await harness.client.inbox();
      return items.find(({ workflowId }) => workflowId === run.workflowId);
    });
    expect(inbox).toMatchObject({ pipeline: 'askWith', approval: { title: 'Publish?' } });
    await run.decide('publish', { outcome: 'approved', by: 'ana' });
    await run.result();
    expect(await attributesOf(run.workflowId)).not.toHaveProperty('HoldfastWaitingFor');
  });

  test('they go on after continue-as-new, with the cost of the whole chain', async () => {
    const input = { step: 'test.single', topic: 'bells', runs: 2 };
    const run = await harness.client.start('stepPerRun', input, { id: randomUUID(), tenant: 'acme' });
    await run.result();
    const { totals } = await run.status();
    expect(totals.steps).toBe(2);
    expect(await attributesOf(run.workflowId)).toMatchObject({
      HoldfastTenant: 'acme',
      HoldfastCostUsd: expect.closeTo(totals.costUsd, 5),
    });
  });

  test('a limit that makes no sense is refused', async () => {
    await expect(harness.client.list({ limit: 0 })).rejects.toMatchObject({
      type: 'Pipeline.InvalidInput',
      message: 'limit: expected a whole number from 1 to 1000, received 0',
    });
  });

  describe('in a namespace that does not know them', () => {
    const namespace = `bare-${randomUUID().slice(0, 8)}`;
    let native: NativeConnection;
    let client: HoldfastClient;

    beforeAll(async () => {
      const { connection } = harness.temporal;
      await connection.workflowService.registerNamespace({
        namespace,
        workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
      });
      client = new HoldfastClient({
        client: new Client({ connection, namespace }),
        connection: connection as never,
        taskQueue: harness.taskQueue,
        pipelines: harness.client.pipelines,
      });
      native = await NativeConnection.connect({ address: readServices().temporalAddress });
      await eventually('the namespace', () => client.list());
    });
    afterAll(() => native.close());

    test('runs start and end, filters are refused, and a worker that may registers them', async () => {
      const stepInput = { step: 'test.single', variables: { topic: 'bells' } };
      const step = await client.start('oneStep', stepInput, { id: 'bare', tenant: 'acme' });
      const ask = await client.start('askWith', { title: 'Publish?' }, { id: 'bare', tenant: 'acme' });
      await expect(client.list({ tenant: 'acme' })).rejects.toMatchObject({
        type: 'Config.Invalid',
        message: expect.stringContaining(
          `temporal operator search-attribute create --namespace ${namespace} --name HoldfastPipeline --type Keyword`,
        ),
      });
      // Answered once there is a worker; that the attributes were refused must not keep it from being sent.
      const waiting = client.startAndWait('askWith', { title: 'Go?' }, { id: 'bare-wait', waitMs: 10_000 });
      await eventually('both in the list', async () => (await client.list({ pipeline: 'oneStep' })).length === 1);
      const worker = await createWorker({ environment: harness.environment, connection: native, namespace });
      expect(worker.warnings).not.toContainEqual(expect.stringContaining('search attributes'));
      const running = worker.run();
      try {
        await step.result();
        // It learned of them when its step was opened.
        await eventually('the run by its tenant', async () => {
          const [found] = await client.list({ tenant: 'acme' });
          return found?.workflowId === step.workflowId && found.costUsd !== undefined && found.costUsd > 0;
        });
        // This one opens no step, and shows nothing: the inbox asks it all the same.
        const { run: other, status } = await waiting;
        expect(status).toMatchObject({ state: 'waitingForPerson' });
        await other.decide('publish', { outcome: 'approved', by: 'ana' });
        await other.result();
        const { items } = await client.inbox();
        expect(items).toMatchObject([{ workflowId: ask.workflowId, approval: { title: 'Publish?' } }]);
        await ask.decide('publish', { outcome: 'approved', by: 'ana' });
        expect(await ask.result()).toMatchObject({ outcome: 'approved' });
      } finally {
        worker.shutdown();
        await running;
      }
    });
  });
});
