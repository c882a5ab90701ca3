import { randomUUID } from 'node:crypto';
import { NativeConnection } from '@temporalio/worker';
import { createWorker } from '../../../src/workers';
import type { RunHandle } from '../../../src/client';
import type { HoldfastWorker } from '../../../src/workers';
import { askIn, pendingOf } from '../approval/asking';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';
import { readServices } from '../../support/services';

describe('worker deployment versions', () => {
  const deploymentName = `d-${randomUUID().slice(0, 8)}`;
  let harness: Harness;
  let native: NativeConnection;
  const workers: { holdfast: HoldfastWorker; running: Promise<void> }[] = [];

  beforeAll(async () => {
    harness = await startHarness();
    native = await NativeConnection.connect({ address: readServices().temporalAddress });
    await deploy('one');
  });
  afterAll(async () => {
    for (const { holdfast } of workers) holdfast.shutdown();
    await Promise.all(workers.map(({ running }) => running));
    await native.close();
    await harness.stop();
  });

  /** A worker of this build beside those there are, and the build as the current one. */
  async function deploy(buildId: string): Promise<void> {
    const environment = { ...harness.environment, HOLDFAST_DEPLOYMENT: deploymentName, HOLDFAST_BUILD_ID: buildId };
    const holdfast = await createWorker({ environment, connection: native });
    workers.push({ holdfast, running: holdfast.run() });
    const { workflowService } = harness.temporal;
    await eventually('the current version', () =>
      workflowService.setWorkerDeploymentCurrentVersion({ namespace: 'default', deploymentName, buildId }),
    );
  }

  /** Which builds have done the run's workflow tasks, each once. */
  async function buildsOf(workflowId: string, runId?: string): Promise<string[]> {
    const { events } = await harness.temporal.workflow.getHandle(workflowId, runId).fetchHistory();
    const builds = (events ?? []).flatMap(
      (event) => event.workflowTaskCompletedEventAttributes?.deploymentVersion?.buildId ?? [],
    );
    return [...new Set(builds)];
  }

  const approve = async (run: RunHandle): Promise<void> => run.decide('publish', { outcome: 'approved', by: 'ana' });

  test('a run ends on its build and new ones begin on the current one, unless a pipeline says otherwise', async () => {
    const step = { step: 'test.structured', topic: 'bells' };
    const { run: pinned } = await askIn(harness, step, { pipeline: 'askThenStep' });
    const { run: chain } = await askIn(harness, { runs: 2 }, { pipeline: 'askPerRun' });
    const { run: upgrading } = await askIn(harness, {}, { pipeline: 'askUpgrading' });
    await deploy('two');
    const { run: fresh } = await askIn(harness);
    await harness.simulator.addFault({ endpoint: 'east', kind: 'invalidJson', text: 'no JSON at all' });
    await Promise.all([pinned, upgrading, fresh].map(approve));
    expect(await pinned.result()).toMatchObject({ tier: 1, degraded: true });
    await Promise.all([upgrading.result(), fresh.result()]);
    expect(await buildsOf(pinned.workflowId)).toEqual(['one']);
    // The fallback tier is a child workflow.
    expect(await buildsOf((await pinned.children())[0] ?? '')).toEqual(['one']);
    expect(await buildsOf(upgrading.workflowId)).toEqual(['one', 'two']);
    expect(await buildsOf(fresh.workflowId)).toEqual(['two']);
    // Continue-as-new is where a pinned run takes the current build over.
    const { runId: first } = await chain.describe();
    await approve(chain);
    await pendingOf(chain, 1);
    await approve(chain);
    expect(await chain.result()).toEqual(['approved', 'approved']);
    expect(await buildsOf(chain.workflowId, first)).toEqual(['one']);
    expect(await buildsOf(chain.workflowId)).toEqual(['two']);
  });

  test.each([
    [{ HOLDFAST_DEPLOYMENT: 'a.b', HOLDFAST_BUILD_ID: '1' }, /^HOLDFAST_DEPLOYMENT: .*received "a\.b"/],
    [{ HOLDFAST_DEPLOYMENT: 'reports' }, /^HOLDFAST_BUILD_ID: .*received nothing/],
    [
      { HOLDFAST_DEPLOYMENT: 'reports', HOLDFAST_BUILD_ID: '1', HOLDFAST_VERSIONING: 'sticky' },
      /^HOLDFAST_VERSIONING: expected pinned or auto-upgrade; received "sticky"/,
    ],
  ])('a worker with %p does not start', async (variables, message) => {
    const environment = { ...harness.environment, ...variables };
    await expect(createWorker({ environment, connection: native })).rejects.toMatchObject({
      type: 'Config.Invalid',
      message: expect.stringMatching(message),
    });
  });
});
