import { connect } from '../../../src/client';
import type { HoldfastClient } from '../../../src/client';
import { createRedisConnection } from '../../../src/capacity/redis-connection';
import type { RedisConnection } from '../../../src/capacity/redis-connection';
import type { CallModelInput } from '../../../src/contracts/step';
import { createOverloadBoard } from '../../../src/journal/overload-board';
import type { OverloadBoard } from '../../../src/journal/overload-board';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

const pipelines = ['oneStep', 'manySteps', 'ask'].map((name) => ({
  name,
  description: `test pipeline ${name}`,
  parseInput: (value: unknown) => value,
}));

describe('a pool that is past its overload', () => {
  let harness: Harness;
  /** As a backend has it: it finds Redis by the environment. The harness's own knows of no Redis. */
  let client: HoldfastClient;
  let redis: RedisConnection;
  let board: OverloadBoard;
  beforeAll(async () => {
    harness = await startHarness();
    await harness.startWorker();
    client = await connect({ environment: harness.environment, pipelines });
    redis = await createRedisConnection(harness.environment['REDIS_URL'] ?? '', { role: 'overload-test' });
    board = createOverloadBoard({ redis, keyPrefix: keyPrefix() });
  });
  afterAll(async () => {
    await client.close();
    await redis.quit();
    await harness.stop();
  });
  afterEach(() => redis.del(...pipelines.map(({ name }) => keyOf(name))));

  const keyPrefix = (): string => harness.environment['HOLDFAST_KEY_PREFIX'] ?? '';
  const keyOf = (pipeline: string): string => `${keyPrefix()}overloaded:${pipeline}`;
  const full = { pool: 'smart', expectedMs: 180_000, waiting: 1_042 };

  test('refuses a step at once and tells the caller of the run how long the wait would be', async () => {
    const topics = ['a', 'b', 'c', 'd'];
    const run = await client.start('manySteps', { step: 'test.tight', topics, concurrency: 4 }, { id: 'refused' });
    const overload = { pool: 'tight', expectedMs: expect.any(Number), waiting: 1 };
    await expect(run.result()).rejects.toMatchObject({
      type: 'Pipeline.Failed',
      message: expect.stringContaining('Capacity.Overloaded: step test.tight failed: pool tight has 1 call waiting'),
      details: { failure: 'Capacity.Overloaded', ...overload },
    });
    // The worker has posted it: the next run of this pipeline is not even started.
    await expect(client.start('manySteps', {}, { id: 'next' })).rejects.toMatchObject({
      type: 'Capacity.Overloaded',
      details: overload,
    });
  });

  test('refuses a new run with one line that says how long, and starts nothing', async () => {
    board.post('oneStep', full);
    await expect(client.start('oneStep', {}, { id: 'never' })).rejects.toMatchObject({
      type: 'Capacity.Overloaded',
      message: 'oneStep: pool smart has 1,042 calls waiting, about 3 min; start again later',
      details: full,
    });
    await expect(harness.temporal.workflow.getHandle('oneStep:never').describe()).rejects.toThrow(/not found/i);
  });

  test('lets an open run be attached to, and says nothing of other pipelines', async () => {
    const first = await client.start('ask', { deadline: '3600s' }, { id: 'open' });
    board.post('ask', full);
    const again = await client.start('ask', { deadline: '3600s' }, { id: 'open' });
    expect((await again.describe()).runId).toBe((await first.describe()).runId);
    const other = await client.start('oneStep', { step: 'test.plain', variables: { topic: 'x' } }, { id: 'other' });
    await other.result();
    await first.cancel();
    await expect(first.result()).rejects.toMatchObject({ details: { failure: 'Cancelled' } });
    await expect(client.start('ask', { deadline: '3600s' }, { id: 'open' })).rejects.toMatchObject({
      type: 'Capacity.Overloaded',
    });
  });

  test.each([
    [100, 1_000],
    [8_000, 2_000],
    [180_000, 10_000],
  ])('a notice of %d ms to wait stands for %d ms, and then runs start again', async (expectedMs, standingMs) => {
    board.post('oneStep', { ...full, expectedMs });
    expect(await board.read('oneStep')).toEqual({ ...full, expectedMs });
    const leftMs = await redis.pttl(keyOf('oneStep'));
    expect(leftMs).toBeLessThanOrEqual(standingMs);
    expect(leftMs).toBeGreaterThan(standingMs - 800);
    await redis.pexpire(keyOf('oneStep'), 1);
    await eventually('its end', async () => (await board.read('oneStep')) === undefined);
    const run = await client.start(
      'oneStep',
      { step: 'test.plain', variables: { topic: 'x' } },
      { id: `${standingMs}` },
    );
    await run.result();
  });

  test('a notice that nobody can read refuses nothing', async () => {
    await redis.set(keyOf('oneStep'), '{"pool":7}');
    expect(await board.read('oneStep')).toBeUndefined();
    await redis.set(keyOf('oneStep'), 'full');
    expect(await board.read('oneStep')).toBeUndefined();
  });
});

describe('the priority of a run', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
    await harness.startWorker();
  });
  afterAll(() => harness.stop());

  const callsOf = async (workflowId: string): Promise<CallModelInput[]> => {
    const { events } = await harness.temporal.workflow.getHandle(workflowId).fetchHistory();
    return (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) => {
      const data = scheduled?.input?.payloads?.[0]?.data;
      return data ? [JSON.parse(Buffer.from(data).toString()) as CallModelInput] : [];
    });
  };

  test('premium goes before the standard ones that came earlier', async () => {
    const topics = ['a', 'b', 'c', 'd'];
    const many = await harness.client.start(
      'manySteps',
      { step: 'test.queued', topics, concurrency: topics.length },
      { id: 'standard' },
    );
    await eventually('the queue', async () => {
      const { steps } = await many.status();
      return steps.filter(({ state }) => state === 'waiting').length >= 3;
    });
    const first = await harness.client.start(
      'oneStep',
      { step: 'test.queued', variables: { topic: 'x' } },
      { id: 'first', priority: 'premium' },
    );
    await first.result();
    const callers = (await harness.simulator.ledger()).map(({ callId = '' }) => callId.split('/')[0]);
    expect(callers.at(-1)).toBe('oneStep:first');
    expect(callers.length).toBeLessThan(topics.length + 1);
    expect(await callsOf('oneStep:first')).toMatchObject([{ priority: 'premium' }]);
    await many.cancel();
  }, 60_000);

  test('goes with the step to its later tiers, and is not mentioned where there is none', async () => {
    await harness.simulator.addFault({ endpoint: 'east', kind: 'status', status: 401, count: 1 });
    const start = (id: string, options: object) =>
      harness.client.start('oneStep', { step: 'test.quick', variables: { topic: 'x' } }, { id, ...options });
    const run = await start('later', { priority: 'premium' });
    expect(await run.result()).toMatchObject({ tier: 1, servedBy: 'claude' });
    expect(await callsOf(run.workflowId)).toMatchObject([{ priority: 'premium' }]);
    expect(await callsOf(`${run.workflowId}/step/test.quick#0/tier/1`)).toMatchObject([{ priority: 'premium' }]);
    const plain = await start('plain', {});
    await plain.result();
    const calls = await callsOf(plain.workflowId);
    expect(calls.filter((call) => 'priority' in call)).toEqual([]);
  });
});
