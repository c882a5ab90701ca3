import type { Redis } from 'ioredis';
import type { BudgetHold, BudgetRef, BudgetStore } from '../../../src/journal/budgets';
import { createRedisBudgetStore } from '../../../src/journal/redis-budgets';
import { keysOf, useRedis } from './open-redis';

const redis = useRedis();
const keepMs = 3_600_000;
const holdMs = 900_000;

let nowMs: number;
let budgets: BudgetStore;
beforeEach(() => {
  nowMs = 1_500_000_000_000;
  budgets = openStore();
});

function openStore(connection: Redis = redis.current.redis): BudgetStore {
  return createRedisBudgetStore({ redis: connection, keyPrefix: redis.current.keyPrefix, now: () => nowMs });
}

const run = (usd: number, id = 'run 1'): BudgetRef => ({ id, limits: { usd }, keepMs });
const month = (limits: BudgetRef['limits']): BudgetRef => ({ id: 'tenant acme 2026-11', limits, keepMs });
const call = (rid: string, usd: number, changes: Partial<BudgetHold> = {}): BudgetHold => ({
  rid,
  tenant: 'acme',
  budgets: [run(1)],
  spend: { usd, tokens: 100 },
  ...changes,
});
const held = (remainingUsd: number): unknown => ({ kind: 'held', remainingUsd });
const spentOf = (id = 'run 1'): ReturnType<BudgetStore['spent']> => budgets.spent('acme', id);
const nothing = { usd: 0, tokens: 0 };

/** Not all at once: each has 450 ms, on a busy machine as well. */
async function inBatches(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  const atATime = 10;
  for (let from = 0; from < count; from += atATime) {
    await Promise.all(Array.from({ length: atATime }, (_, i) => work(from + i)));
  }
}

describe('hold', () => {
  test.each([
    ['a negative amount', call('r', -0.1), 'Llm.Internal', 'spend.usd of r is -0.1; it must be a number from 0'],
    ['no number', call('r', Number.NaN), 'Llm.Internal', 'spend.usd of r is NaN'],
    ['infinite', call('r', Number.POSITIVE_INFINITY), 'Llm.Internal', 'spend.usd of r is Infinity'],
    ['negative tokens', call('r', 1, { spend: { usd: 1, tokens: -1 } }), 'Llm.Internal', 'spend.tokens of r is -1'],
    ['a negative limit', call('r', 1, { budgets: [run(-1)] }), 'Config.Invalid', 'the usd of budget "run 1" is -1'],
    [
      'a limit of NaN',
      call('r', 1, { budgets: [run(Number.NaN)] }),
      'Config.Invalid',
      'the usd of budget "run 1" is NaN',
    ],
    [
      'a limit of infinite tokens',
      call('r', 1, { budgets: [month({ tokens: Number.POSITIVE_INFINITY })] }),
      'Config.Invalid',
      'the tokens of budget "tenant acme 2026-11" is Infinity',
    ],
    ['one budget twice', call('r', 1, { budgets: [run(1), run(2)] }), 'Llm.Internal', 'budgets of r is run 1, run 1'],
    [
      'no time to keep',
      call('r', 1, { budgets: [{ ...run(1), keepMs: 0 }] }),
      'Llm.Internal',
      'keepMs of budget run 1',
    ],
    ['no rid', call('', 1), 'Llm.Internal', 'rid is '],
  ])('refuses %s before anything is sent', async (_, hold, type, message) => {
    const refused = { type, message: expect.stringContaining(message) };
    await expect(budgets.hold(hold)).rejects.toMatchObject(refused);
    if (type === 'Llm.Internal') await expect(budgets.settle(hold)).rejects.toMatchObject(refused);
    expect(await keysOf(redis.current.redis, redis.current.keyPrefix)).toEqual([]);
  });

  test('holds up to the limit, to the millionth of a dollar', async () => {
    expect(await budgets.hold(call('a', 0.3))).toEqual(held(0.7));
    expect(await budgets.hold(call('b', 0.6))).toEqual(held(0.1));
    expect(await budgets.hold(call('c', 0.100_001))).toEqual({
      kind: 'exceeded',
      budget: 'run 1',
      unit: 'usd',
      limit: 1,
      spent: 0,
      held: 0.9,
      asked: 0.100_001,
    });
    expect(await budgets.hold(call('d', 0.1))).toEqual(held(0));
    expect(await spentOf()).toEqual({ ...nothing, held: { usd: 1, tokens: 300 } });
  });

  test('a thousand tenths of a cent are a dollar', async () => {
    await inBatches(1_000, async (i) => {
      await budgets.hold(call(`r${i}`, 0.001));
      await budgets.settle(call(`r${i}`, 0.001));
    });
    expect(await spentOf()).toEqual({ usd: 1, tokens: 100_000, held: nothing });
    expect(await budgets.hold(call('one more', 0.001))).toMatchObject({ kind: 'exceeded', spent: 1 });
  });

  test('holds in all budgets or in none', async () => {
    const both = (rid: string, tokens: number): BudgetHold =>
      call(rid, 0.1, { budgets: [run(1), month({ tokens: 150 })], spend: { usd: 0.1, tokens } });
    expect(await budgets.hold(both('a', 100))).toEqual(held(0.9));
    expect(await budgets.hold(both('b', 51))).toEqual({
      kind: 'exceeded',
      budget: 'tenant acme 2026-11',
      unit: 'tokens',
      limit: 150,
      spent: 0,
      held: 100,
      asked: 51,
    });
    expect(await spentOf()).toMatchObject({ held: { usd: 0.1, tokens: 100 } });
    expect(await spentOf('tenant acme 2026-11')).toMatchObject({ held: { usd: 0.1, tokens: 100 } });
  });

  test('tells what the tightest budget has left in money, and nothing where none limits it', async () => {
    expect(await budgets.hold(call('a', 0.25, { budgets: [run(5), month({ usd: 2 })] }))).toEqual(held(1.75));
    expect(await budgets.hold(call('b', 0.25, { budgets: [month({ tokens: 900 })] }))).toEqual({ kind: 'held' });
    expect(await budgets.hold(call('c', 0.25, { budgets: [] }))).toEqual({ kind: 'held' });
  });

  test('goes by the limits it is given now', async () => {
    await budgets.hold(call('a', 0.9));
    expect(await budgets.hold(call('b', 0.5, { budgets: [run(2)] }))).toEqual(held(0.6));
    expect(await budgets.hold(call('c', 0.1, { budgets: [run(1)] }))).toMatchObject({ kind: 'exceeded', held: 1.4 });
    // What a call does not ask for cannot refuse it, and nothing left is not less than nothing.
    expect(await budgets.hold(call('d', 0, { budgets: [run(1)] }))).toEqual(held(0));
  });

  test('200 calls at once from four connections: exactly as many start as there is money for', async () => {
    const stores = redis.current.connections.map((connection) => openStore(connection));
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => (stores[i % 4] as BudgetStore).hold(call(`r${i}`, 0.2))),
    );
    expect(answers.filter(({ kind }) => kind === 'held')).toHaveLength(5);
    expect(await spentOf()).toEqual({ ...nothing, held: { usd: 1, tokens: 500 } });
  });

  test('tenants of any name have accounts of their own', async () => {
    const tenants = ['acme', 'acme:account', '}acme{', '{acme}', '', '\ud800', '\udc00'];
    for (const [i, tenant] of tenants.entries()) await budgets.hold(call('r', (i + 1) / 10, { tenant }));
    for (const [i, tenant] of tenants.entries()) {
      expect((await budgets.spent(tenant, 'run 1')).held.usd).toBe((i + 1) / 10);
    }
  });
});

describe('the same rid', () => {
  test('holds once', async () => {
    expect(await budgets.hold(call('a', 0.4))).toEqual(held(0.6));
    expect(await budgets.hold(call('a', 0.4))).toEqual(held(0.6));
    expect(await spentOf()).toMatchObject({ held: { usd: 0.4 } });
  });

  test('is settled once, and holds nothing after that', async () => {
    await budgets.hold(call('a', 0.4));
    await budgets.settle(call('a', 0.15));
    await budgets.settle(call('a', 0.15));
    expect(await budgets.hold(call('a', 0.4))).toEqual(held(0.85));
    await budgets.release(call('a', 0.4));
    expect(await spentOf()).toEqual({ usd: 0.15, tokens: 100, held: nothing });
  });

  test('is charged also when nothing was held, and when it cost more than was held', async () => {
    await budgets.settle(call('late', 0.7));
    await budgets.hold(call('a', 0.1));
    await budgets.settle(call('a', 0.8));
    expect(await spentOf()).toEqual({ usd: 1.5, tokens: 200, held: nothing });
    expect(await budgets.hold(call('b', 0.1))).toMatchObject({ kind: 'exceeded', spent: 1.5, held: 0 });
  });

  test('is charged also under a limit that is none', async () => {
    await budgets.settle(call('a', 0.4, { budgets: [run(Number.NaN)] }));
    expect(await spentOf()).toMatchObject({ usd: 0.4 });
  });

  test('is given back once and can be held anew', async () => {
    await budgets.hold(call('a', 0.4));
    await budgets.hold(call('b', 0.3));
    await budgets.release(call('a', 0));
    await budgets.release(call('a', 0));
    expect(await spentOf()).toEqual({ ...nothing, held: { usd: 0.3, tokens: 100 } });
    expect(await budgets.hold(call('a', 0.5))).toEqual(held(0.2));
  });

  test('is settled where it was held, not in the period that has begun since', async () => {
    const november = call('a', 0.4, { budgets: [run(1), month({ usd: 5 })] });
    const december = { ...november, budgets: [run(1), { ...month({ usd: 5 }), id: 'tenant acme 2026-12' }] };
    await budgets.hold(november);
    await budgets.settle(december);
    expect(await spentOf('tenant acme 2026-11')).toEqual({ usd: 0.4, tokens: 100, held: nothing });
    expect(await spentOf('tenant acme 2026-12')).toEqual({ ...nothing, held: nothing });
  });
});

describe('a hold whose holder has died', () => {
  test('stays charged and becomes spent', async () => {
    await budgets.hold(call('a', 0.4));
    nowMs += holdMs - 1;
    expect(await spentOf()).toEqual({ ...nothing, held: { usd: 0.4, tokens: 100 } });
    nowMs += 1;
    expect(await spentOf()).toEqual({ usd: 0.4, tokens: 100, held: nothing });
    expect(await budgets.hold(call('b', 0.7))).toMatchObject({ kind: 'exceeded', spent: 0.4, held: 0 });
  });

  test('is replaced by the real cost when that comes after all', async () => {
    await budgets.hold(call('a', 0.4));
    nowMs += holdMs;
    await spentOf();
    await budgets.settle(call('a', 0.1));
    expect(await spentOf()).toEqual({ usd: 0.1, tokens: 100, held: nothing });
  });

  test('is given back when the call turns out not to have been made', async () => {
    await budgets.hold(call('a', 0.4));
    nowMs += holdMs;
    await spentOf();
    await budgets.release(call('a', 0));
    expect(await spentOf()).toEqual({ ...nothing, held: nothing });
  });

  test('is not taken for the hold of a later call with the same rid', async () => {
    await budgets.hold(call('a', 0.4));
    nowMs += holdMs;
    expect(await budgets.hold(call('a', 0.4))).toEqual(held(0.2));
    expect(await spentOf()).toEqual({ usd: 0.4, tokens: 100, held: { usd: 0.4, tokens: 100 } });
  });

  test('of a thousand others lapses with them', async () => {
    await inBatches(1_000, (i) => budgets.hold(call(`r${i}`, 0.001)));
    nowMs += holdMs;
    // A call moves a hundred at most.
    for (let i = 0; i < 10; i++) await spentOf();
    expect(await spentOf()).toEqual({ usd: 1, tokens: 100_000, held: nothing });
  });
});

describe('createRedisBudgetStore', () => {
  test.each([0, -1, Number.NaN])('refuses holds of %d ms', (ms) => {
    const make = (): unknown => createRedisBudgetStore({ redis: redis.current.redis, keyPrefix: 'x', holdMs: ms });
    expect(make).toThrow(expect.objectContaining({ type: 'Config.Invalid' }));
  });

  test('goes by the time of Redis when it is given none', async () => {
    const store = createRedisBudgetStore({ redis: redis.current.redis, keyPrefix: redis.current.keyPrefix });
    await store.hold(call('a', 0.4));
    const [seconds] = await redis.current.redis.time();
    const holds = (await keysOf(redis.current.redis, redis.current.keyPrefix)).find((key) => key.includes(':holds:'));
    const lapsesAt = await redis.current.redis.zscore(holds as string, '400000:100:a');
    expect(Math.abs(Number(lapsesAt) - Number(seconds) * 1_000 - holdMs)).toBeLessThan(5_000);
  });

  test('leaves no key without an end, and keeps accounts as long as it was told', async () => {
    const { redis: client, keyPrefix } = redis.current;
    await budgets.hold(call('a', 0.4, { budgets: [run(1), month({ usd: 5 })] }));
    await budgets.hold(call('b', 0.4));
    await budgets.settle(call('b', 0.4));
    await budgets.settle(call('c', 0.4, { budgets: [{ ...run(1, 'run 2'), keepMs: 1 }] }));
    await budgets.release(call('d', 0));
    for (const key of await keysOf(client, keyPrefix)) {
      const leftMs = await client.pttl(key);
      expect(leftMs).toBeGreaterThan(500_000);
      expect(leftMs).toBeLessThanOrEqual(keepMs);
      if (key.includes(':account:run%201')) expect(leftMs).toBeGreaterThan(keepMs - 60_000);
    }
  });

  test('keeps every key of a tenant in one slot of a cluster', async () => {
    await budgets.hold(call('a', 0.4, { tenant: 'ac}me', budgets: [run(1), month({ usd: 5 })] }));
    const keys = await keysOf(redis.current.redis, redis.current.keyPrefix);
    expect(keys).toHaveLength(5);
    for (const key of keys) expect(/\{(.*?)\}/.exec(key)?.[1]).toBe('budget:ac%7Dme');
  });
});
