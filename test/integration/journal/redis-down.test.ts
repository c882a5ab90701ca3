/** The journal's parts while their Redis hangs, is gone or comes back, through the connection that a worker has. */
import type { Redis } from 'ioredis';
import { createRedisConnection } from '../../../src/capacity/redis-connection';
import type { Attempt } from '../../../src/contracts/step';
import { createRedisAnswerCache } from '../../../src/journal/redis-answer-cache';
import { createRedisBudgetStore } from '../../../src/journal/redis-budgets';
import { createRedisJournal } from '../../../src/journal/redis-journal';
import { readServices } from '../../support/services';
import { startFaultProxy } from '../capacity/fault-proxy';
import type { FaultProxy } from '../capacity/fault-proxy';
import { useRedis } from './open-redis';

const shared = useRedis();
let proxy: FaultProxy;
let redis: Redis;
beforeEach(async () => {
  proxy = await startFaultProxy(readServices().redisUrl);
  redis = (await createRedisConnection(proxy.url, { role: 'journal' })) as Redis;
});
afterEach(async () => {
  redis.disconnect();
  await proxy.close();
});

const attempt: Attempt = { tier: 0, attempt: 1, hop: 0, endpoint: 'eastus', outcome: 'Llm.Timeout' };

function parts() {
  const { keyPrefix } = shared.current;
  return {
    journal: createRedisJournal({ redis, keyPrefix, ttlMs: 60_000 }),
    budgets: createRedisBudgetStore({ redis, keyPrefix }),
    cache: createRedisAnswerCache({ redis, keyPrefix }),
  };
}

const call = {
  rid: 'r',
  tenant: 'acme',
  budgets: [{ id: 'run 1', limits: { usd: 1 }, keepMs: 60_000 }],
  spend: { usd: 0.25, tokens: 10 },
};
const operations: readonly [string, (of: ReturnType<typeof parts>) => Promise<unknown>][] = [
  ['journal.get', ({ journal }) => journal.get('k')],
  ['journal.attempts', ({ journal }) => journal.attempts('k')],
  ['journal.recordAttempt', ({ journal }) => journal.recordAttempt('k', attempt)],
  ['journal.resumable', ({ journal }) => journal.resumable('k')],
  ['journal.clearResumable', ({ journal }) => journal.clearResumable('k')],
  ['budgets.hold', ({ budgets }) => budgets.hold(call)],
  ['budgets.settle', ({ budgets }) => budgets.settle(call)],
  ['budgets.release', ({ budgets }) => budgets.release(call)],
  ['budgets.spent', ({ budgets }) => budgets.spent('acme', 'run 1')],
  ['cache.get', ({ cache }) => cache.get('acme', 'q', 1_000)],
  [
    'cache.put',
    ({ cache }) => cache.put('acme', 'q', { answer: { value: 1, model: 'm', endpoint: 'e' }, keepMs: 1_000 }),
  ],
];

/** Fails with the typed error, and within 450 ms and what a busy machine adds. */
async function expectUnavailable(work: Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  await expect(work).rejects.toMatchObject({
    type: 'Capacity.StoreUnavailable',
    message: expect.stringContaining("the journal's Redis: "),
  });
  expect(performance.now() - startedAt).toBeLessThan(700);
}

describe('while Redis hangs', () => {
  test('no operation waits longer than 450 ms', async () => {
    const open = parts();
    proxy.hang();
    await Promise.all(operations.map(([, operate]) => expectUnavailable(operate(open))));
    proxy.resume();
  });

  test('what was sent twice counts once', async () => {
    const { journal, budgets } = parts();
    proxy.hang();
    await Promise.all([
      expectUnavailable(journal.recordAttempt('k', attempt)),
      expectUnavailable(budgets.hold(call)),
      expectUnavailable(budgets.settle({ ...call, rid: 's' })),
    ]);
    proxy.resume();
    // On the same connection: answered when all that hung before has been done.
    expect(await journal.attempts('k')).toEqual([attempt]);
    expect(await budgets.spent('acme', 'run 1')).toEqual({ usd: 0.25, tokens: 10, held: { usd: 0.25, tokens: 10 } });
  });
});

describe('while Redis is gone', () => {
  test.each(operations)('%s says so in time', async (_, operate) => {
    const open = parts();
    await proxy.cut();
    await expectUnavailable(operate(open));
  });

  test('a connection that is being replaced is waited for', async () => {
    const { journal, budgets } = parts();
    await proxy.cut();
    await proxy.restore();
    const [attempts, held] = await Promise.all([journal.attempts('k'), budgets.hold(call)]);
    expect([attempts, held.kind]).toEqual([[], 'held']);
  });
});

test('a server that has forgotten the scripts is given them again', async () => {
  const { budgets } = parts();
  expect(await budgets.hold(call)).toMatchObject({ kind: 'held' });
  await shared.current.redis.script('FLUSH');
  expect(await budgets.hold({ ...call, rid: 'r2' })).toEqual({ kind: 'held', remainingUsd: 0.5 });
});
