import { Worker } from '@temporalio/worker';
import { readFile } from 'node:fs/promises';
import { createRedisConnection } from '../../../src/capacity/redis-connection';
import type { RedisConnection } from '../../../src/capacity/redis-connection';
import { createDegradedFlags } from '../../../src/journal/degraded-flags';
import type { DegradedFlags } from '../../../src/journal/degraded-flags';
import type { RunHandle } from '../../../src/client';
import { jsonOf, runCli } from '../cli/cli';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

describe('degraded mode', () => {
  let harness: Harness;
  let redis: RedisConnection;
  let flags: DegradedFlags;
  let runs = 0;

  beforeAll(async () => {
    harness = await startHarness();
    redis = await createRedisConnection(harness.environment['REDIS_URL'] as string, { role: 'test' });
    flags = createDegradedFlags({ redis, keyPrefix: harness.environment['HOLDFAST_KEY_PREFIX'] as string });
    await harness.startWorker();
  });
  afterAll(async () => {
    await redis.quit();
    await harness.stop();
  });

  const cli = (...args: string[]) => runCli(['degrade', ...args], { environment: harness.environment });
  const start = (input: object = {}, tenant = 'default'): Promise<RunHandle> =>
    harness.client.start(
      'withHeavyStep',
      { step: 'test.single', topic: 'bells', ...input },
      { id: `heavy-${harness.taskQueue}-${runs++}`, tenant },
    );
  const told = async (input: object = {}, tenant?: string): Promise<string[]> =>
    (await start(input, tenant)).result<string[]>();

  test.each([
    [['on', '--for', 'soon', '--reason', 'x'], '--for: expected a duration'],
    [['on', '--for', '1h', '--reason', 'x', '--tenant', 'a/b'], '--tenant: expected a name, received "a/b"'],
  ])('%j is refused', async (args, message) => {
    expect((await cli(...args)).stderr).toContain(message);
  });

  test('a step that there is not is told by name', async () => {
    const run = await start({ step: 'test.unknown' });
    await expect(run.result()).rejects.toMatchObject({ details: { failure: 'Config.Invalid' } });
  });

  test('set for a tenant, a pipeline or all lets the pipeline leave its heavy step out, and nobody else', async () => {
    expect(await told()).toEqual(['done']);
    await cli('on', '--for', '1h', '--reason', 'no money', '--tenant', 'acme', '--by', 'ana');
    expect(await told({}, 'acme')).toEqual(['ana: no money']);
    expect(await told()).toEqual(['done']);
    await flags.set({ pipeline: 'withHeavyStep', reason: 'region down', by: 'bo', forMs: 7_200_000 });
    expect(await told({}, 'acme')).toEqual(['bo: region down']);
    expect(jsonOf(await cli('--json'))).toMatchObject({
      flags: [
        { tenant: 'acme', reason: 'no money', by: 'ana' },
        { pipeline: 'withHeavyStep', reason: 'region down', by: 'bo' },
      ],
      pools: [],
    });
    await flags.clear({ pipeline: 'withHeavyStep' });
    expect(jsonOf(await cli('off', '--tenant', 'acme', '--json'))).toEqual({ tenant: 'acme', was: true });
    expect(await told({}, 'acme')).toEqual(['done']);
  });

  test('ends by itself, and a flag that lasts longer stays', async () => {
    await flags.set({ reason: 'short', by: 'ana', forMs: 40 });
    await flags.set({ tenant: 'acme', reason: 'long', by: 'ana', forMs: 60_000 });
    await eventually('the end of the short one', async () => (await flags.read()).length === 1);
    expect(await flags.read()).toMatchObject([{ tenant: 'acme', reason: 'long' }]);
    expect(await flags.clear({ tenant: 'acme' })).toBe(true);
    expect(await flags.clear({ tenant: 'acme' })).toBe(false);
  });

  test('is asked anew each time, and a replay goes the way the run went', async () => {
    const run = await start({ asks: true });
    await eventually('the question', async () => (await run.status()).approvals.length > 0);
    await flags.set({ reason: 'later', by: 'ana', forMs: 60_000 });
    await run.decide('publish', { outcome: 'approved', by: 'ana' });
    expect(await run.result()).toEqual(['done', 'ana: later']);
    await flags.clear({});
    const history = await harness.temporal.workflow.getHandle(run.workflowId).fetchHistory();
    const code = await readFile(harness.environment['HOLDFAST_WORKFLOW_BUNDLE'] as string, 'utf8');
    await Worker.runReplayHistory({ workflowBundle: { code } }, history, run.workflowId);
  });

  test('a pool whose circuit breakers are open calls for it', async () => {
    const fault = await harness.simulator.addFault({ endpoint: 'claude', kind: 'status', status: 503 });
    const said = await eventually('the open breaker', async () => {
      const [word] = await told({ step: 'test.heavy' }).catch(() => []);
      return word !== undefined && word !== 'done' && word;
    });
    expect(said).toBe('policy: pool fragile: 1 of 1 circuit breakers are open');
    expect(await told()).toEqual(['done']);
    await harness.simulator.removeFault(fault.id);
  }, 60_000);
});
