import { temporal } from '@temporalio/proto';
import type { RunStatus } from '../../../src/contracts/status';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

/** Senders that speak to Temporal directly may send anything. */
describe('an update that is no JSON at all', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
    await harness.startWorker();
  });
  afterAll(() => harness.stop());

  test.each(['decide', 'operate', 'setThreshold'])('%s is refused to its sender, and the run goes on', async (name) => {
    const run = await harness.client.start('ask', {}, { id: `raw-${name}-${harness.taskQueue}` });
    await eventually('the question', async () => (await run.status()).approvals.length === 1);
    const { outcome } = await harness.temporal.workflowService.updateWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: run.workflowId },
      waitPolicy: {
        lifecycleStage:
          temporal.api.enums.v1.UpdateWorkflowExecutionLifecycleStage
            .UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED,
      },
      request: {
        meta: { updateId: `raw-${name}` },
        input: {
          name,
          args: { payloads: [{ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{not json') }] },
        },
      },
    });
    expect(outcome?.failure?.message).toEqual(expect.any(String));
    const status: RunStatus = await run.status();
    expect(status).toMatchObject({ state: 'waitingForPerson', approvals: [{ name: 'publish' }] });
    await run.decide('publish', { outcome: 'rejected', by: 'ana@acme' });
    expect(await run.result()).toMatchObject({ outcome: 'rejected' });
  });
});
