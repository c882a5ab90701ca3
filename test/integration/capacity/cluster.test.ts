/** The engine on a real Redis Cluster of three nodes, through the connection that a worker has. */
import { createRedisConnection } from '../../../src/capacity/redis-connection';
import { poolGroupsOf } from '../../../src/capacity/pool-groups';
import type { Attempt } from '../../../src/contracts/step';
import type { CapacityCandidate, Reservation } from '../../../src/contracts/capacity';
import type { BudgetHold } from '../../../src/journal/budgets';
import type { JournalEntry } from '../../../src/journal/journal';
import { createRedisAnswerCache } from '../../../src/journal/redis-answer-cache';
import { createRedisBudgetStore } from '../../../src/journal/redis-budgets';
import { createRedisJournal } from '../../../src/journal/redis-journal';
import { startHarness } from '../../support/harness';
import { candidate, granted, request } from './open-capacity';
import { inTime, openWorker, type Worker } from './open-policy';
import { openOwnServers, until, type OwnRedis, type OwnServers } from './own-redis';

let servers: OwnServers;
let nodes: readonly [OwnRedis, OwnRedis, OwnRedis];
let url: string;
/** A quota group for each node, by its position. */
let groups: readonly [string, string, string];
let worker: Worker;

beforeAll(async () => {
  servers = await openOwnServers();
  nodes = await servers.startCluster();
  url = `redis-cluster://127.0.0.1:${nodes[0].port},127.0.0.1:${nodes[1].port}`;
  groups = await groupPerNode();
});
afterAll(() => servers.stop());
beforeEach(async () => {
  worker = await openWorker({ url, groupOfPool: (pool) => pool });
});
afterEach(async () => {
  worker.close();
  for (const { admin } of nodes) await admin.flushall();
});

async function slotOf(name: string): Promise<number> {
  return Number(await nodes[0].admin.cluster('KEYSLOT', `{${name}}`));
}

async function groupPerNode(): Promise<[string, string, string]> {
  const found: string[] = [];
  for (let i = 0; found.filter(Boolean).length < 3; i++) {
    const name = `group-${i}`;
    found[Math.floor((await slotOf(name)) / Math.ceil(16_384 / 3))] ??= name;
  }
  return found as [string, string, string];
}

/** Of each node, the names of its keys. */
async function keysByNode(): Promise<string[][]> {
  return Promise.all(nodes.map(async ({ admin }) => (await admin.keys('test:*')).sort()));
}

const rpm60 = (endpoint: string): CapacityCandidate[] => [candidate(endpoint, { rpm: 60, concurrency: 4 })];

/** In these tests a pool is named after its group. */
function reserveOn(pool: string, rid: string): Promise<Reservation> {
  return inTime(worker.store.reserve(request(rid, rpm60(pool), { pool, maxWaitMs: 60_000 }))).then(granted);
}

describe('the store on a cluster', () => {
  test('does every operation on the node of the pool', async () => {
    for (const [i, pool] of groups.entries()) {
      const [first, second] = [await reserveOn(pool, `a-${i}`), await reserveOn(pool, `b-${i}`)];
      expect(second.startAt - first.startAt).toBeGreaterThan(1_000);
      expect(await worker.store.confirm(first)).toMatchObject({ kind: 'confirmed' });
      expect(await worker.store.renew(first)).toBe(true);
      const slots = [{ endpoint: pool, quotaGroup: pool, limits: { rpm: 60, concurrency: 4 } }];
      expect((await worker.store.inspect(pool, slots)).endpoints[0]).toMatchObject({ inFlight: 2 });
      await worker.store.settle({ ...first, outcome: 'succeeded' });
      await worker.store.release(second);
      expect((await worker.store.inspect(pool, slots)).endpoints[0]).toMatchObject({ inFlight: 0 });
    }
    for (const [i, keys] of (await keysByNode()).entries()) {
      expect(keys.length).toBeGreaterThan(0);
      expect(keys.filter((key) => !key.includes(`{${groups[i]}}`))).toEqual([]);
    }
  });

  test('takes many calls at once on every node, from the first moment on', async () => {
    const fresh = await openWorker({ url, groupOfPool: (pool) => pool });
    const asked = groups.flatMap((pool) =>
      Array.from({ length: 20 }, (_, i) =>
        inTime(fresh.store.reserve(request(`${pool}-${i}`, [candidate(pool, { rpm: 60_000 })], { pool }))),
      ),
    );
    expect((await Promise.all(asked)).map(({ kind }) => kind)).toEqual(asked.map(() => 'granted'));
    fresh.close();
  });

  test('keeps pools that share a quota group, even by way of a third pool, in one slot', async () => {
    const [a, b] = groups;
    const endpoint = (quotaGroup: string) => ({ quotaGroup }) as never;
    const tags = poolGroupsOf({
      endpoints: { east: endpoint(a), west: endpoint(b) },
      pools: Object.fromEntries(
        Object.entries({ smart: ['east'], fast: ['west'], both: ['east', 'west'] }).map(([name, endpoints]) => [
          name,
          { name, endpoints } as never,
        ]),
      ),
    });
    const bound = await openWorker({ url, groupOfPool: (pool) => tags.get(pool) ?? pool });
    const candidates = { smart: rpm60(a), fast: rpm60(b), both: [...rpm60(a), ...rpm60(b)] };
    const maxWaitMs = 60_000;
    for (const [pool, each] of Object.entries(candidates)) {
      granted(await inTime(bound.store.reserve(request(`rid-${pool}`, each, { pool, maxWaitMs }))));
    }
    const used = (await keysByNode()).filter((keys) => keys.length > 0);
    expect(used).toHaveLength(1);
    const slots = await Promise.all((used[0] ?? []).map((key) => nodes[0].admin.cluster('KEYSLOT', key)));
    expect(new Set(slots).size).toBe(1);
    bound.close();
  });

  test('sends a script again to the node that has forgotten it', async () => {
    const [pool] = groups;
    const first = await reserveOn(pool, 'a');
    await nodes[0].admin.script('FLUSH');
    expect(await worker.store.confirm(first)).toMatchObject({ kind: 'confirmed' });
    await nodes[0].admin.script('FLUSH');
    expect((await reserveOn(pool, 'b')).startAt - first.startAt).toBeGreaterThan(1_000);
    expect(worker.changes).toEqual([]);
  });

  test('loses the pools of a node with that node, and no others', async () => {
    const [lost, kept] = groups;
    const ask = (pool: string, rid: string) =>
      inTime(worker.store.reserve(request(rid, [candidate(pool, { rpm: 60 })], { pool })));
    await ask(lost, 'a');
    await ask(kept, 'b');
    await nodes[0].kill();
    await expect(ask(lost, 'c')).rejects.toMatchObject({
      type: 'Capacity.StoreUnavailable',
      message: expect.stringContaining(url) as string,
    });
    expect(await ask(kept, 'd')).toMatchObject({ kind: 'granted' });
    await nodes[0].restart();
    await until(() =>
      ask(lost, 'e').then(
        () => true,
        () => false,
      ),
    );
    expect(worker.changes).toEqual([`${lost} down`, `${lost} up`]);
  });
});

/** As `redis-cli --cluster reshard` does it: until nothing is left, as calls may write between listing and moving. */
async function emptySlot(slot: number, from: OwnRedis, to: OwnRedis): Promise<number> {
  for (let moved = 0; ;) {
    const keys = await from.admin.cluster('GETKEYSINSLOT', slot, 100);
    if (keys.length === 0) return moved;
    await from.admin.migrate('127.0.0.1', to.port, '', 0, 5_000, 'KEYS', ...keys);
    moved += keys.length;
  }
}

describe('a slot that moves to another node', () => {
  test('is followed while it moves and after, with what it holds', async () => {
    const [pool] = groups;
    const [from, to] = nodes;
    const first = await reserveOn(pool, 'a');
    const slot = await slotOf(pool);
    const [fromId, toId] = await Promise.all([from, to].map(({ admin }) => admin.cluster('MYID')));
    await to.admin.cluster('SETSLOT', slot, 'IMPORTING', String(fromId));
    await from.admin.cluster('SETSLOT', slot, 'MIGRATING', String(toId));
    // All keys are still here, then all of them are there: ASK.
    expect(await inTime(worker.store.renew(first))).toBe(true);
    // Keys that do not exist yet have no node for now: such a call fails in time, and its policy decides.
    await expect(reserveOn(pool, 'meanwhile')).rejects.toMatchObject({ type: 'Capacity.StoreUnavailable' });
    expect(await emptySlot(slot, from, to)).toBeGreaterThan(1);
    expect(await inTime(worker.store.renew(first))).toBe(true);
    for (const { admin } of [to, from, nodes[2]]) await admin.cluster('SETSLOT', slot, 'NODE', String(toId));
    // MOVED: the same claim, and the next one behind it.
    expect((await reserveOn(pool, 'a')).startAt).toBe(first.startAt);
    expect((await reserveOn(pool, 'b')).startAt - first.startAt).toBeGreaterThan(1_000);
    expect((await keysByNode()).map((held) => held.length > 0)).toEqual([false, true, false]);
    expect(worker.changes).toEqual([`${pool} down`, `${pool} up`]);
    await to.admin.flushall();
    for (const { admin } of [from, to, nodes[2]]) await admin.cluster('SETSLOT', slot, 'NODE', String(fromId));
  });
});

describe('a worker on a cluster', () => {
  test('keeps its journal there', async () => {
    const journal = createRedisJournal({ redis: worker.redis, keyPrefix: 'test:', ttlMs: 60_000 });
    const attempt: Attempt = { tier: 0, attempt: 1, hop: 0, endpoint: 'eastus', outcome: 'succeeded' };
    for (const key of groups) {
      const entry: JournalEntry = {
        text: key,
        finishReason: 'stop',
        usage: { inputTokens: 1, outputTokens: 1 },
        costUsd: 0,
        endpoint: 'eastus',
        model: 'gpt-5',
        attempt,
      };
      expect(await journal.put(key, entry)).toEqual(entry);
      expect(await journal.get(key)).toEqual(entry);
      await journal.recordAttempt(key, attempt);
      expect(await journal.attempts(key)).toEqual([attempt]);
    }
  });

  test('keeps its budgets and cached answers there: those of one tenant on one node', async () => {
    const budgets = createRedisBudgetStore({ redis: worker.redis, keyPrefix: 'test:' });
    const cache = createRedisAnswerCache({ redis: worker.redis, keyPrefix: 'test:' });
    const tenants = Array.from({ length: 12 }, (_, i) => `tenant-${i}`);
    const call = (tenant: string): BudgetHold => ({
      rid: 'r',
      tenant,
      budgets: [`run of ${tenant}`, tenant].map((id) => ({ id, limits: { usd: 1 }, keepMs: 60_000 })),
      spend: { usd: 0.5, tokens: 10 },
    });
    for (const tenant of tenants) {
      expect(await budgets.hold(call(tenant))).toEqual({ kind: 'held', remainingUsd: 0.5 });
      expect(await budgets.hold({ ...call(tenant), rid: 's', spend: { usd: 0.6, tokens: 1 } })).toMatchObject({
        kind: 'exceeded',
      });
      await budgets.settle(call(tenant));
      expect(await budgets.spent(tenant, tenant)).toEqual({ usd: 0.5, tokens: 10, held: { usd: 0, tokens: 0 } });
      await cache.put(tenant, 'q', { answer: { value: tenant, model: 'm', endpoint: 'e' }, keepMs: 60_000 });
      expect(await cache.get(tenant, 'q', 60_000)).toMatchObject({ value: tenant });
    }
    const held = await keysByNode();
    for (const tenant of tenants) {
      const parts = held.map((keys) => keys.filter((key) => key.includes(`{budget:${tenant}}`)).length);
      expect(parts.sort()).toEqual([0, 0, 3]);
    }
    for (const keys of held) expect(keys.length).toBeGreaterThan(0);
  });

  test('runs a pipeline with REDIS_URL alone', async () => {
    const harness = await startHarness();
    harness.environment['REDIS_URL'] = url;
    try {
      await harness.startWorker();
      const input = { step: 'test.plain', variables: { topic: 'rivers' } };
      const run = await harness.client.start('oneStep', input, { id: `cluster-${harness.taskQueue}` });
      expect(await run.result()).toMatchObject({ attempts: [{ outcome: 'succeeded' }] });
      const held = await Promise.all(nodes.map(({ admin }) => admin.keys('test:*')));
      expect(held.flat().some((key) => key.includes('journal:'))).toBe(true);
    } finally {
      await harness.stop();
    }
  });
});

describe('createRedisConnection', () => {
  test('refuses a node of a cluster as a server, and a server as a cluster', async () => {
    const node = `redis://127.0.0.1:${nodes[0].port}`;
    await expect(createRedisConnection(node, { role: 'capacity' })).rejects.toMatchObject({
      type: 'Config.Invalid',
      message:
        `The Redis address for capacity, ${node}, is a node of a Redis Cluster: ` +
        `write redis-cluster://127.0.0.1:${nodes[0].port}.`,
    });
    const server = await servers.start();
    const wrong = `redis-cluster://127.0.0.1:${server.port}`;
    await expect(createRedisConnection(wrong, { role: 'journal' })).rejects.toMatchObject({
      type: 'Service.Unreachable',
      message: expect.stringContaining('cluster support disabled') as string,
    });
    await server.kill();
  });

  test('says in one line that no node answers', async () => {
    const server = await servers.start();
    await server.kill();
    const gone = `redis-cluster://me:s3cret@127.0.0.1:${server.port}`;
    const opened = createRedisConnection(gone, { role: 'capacity', startupTimeoutMs: 200 });
    await expect(opened).rejects.toMatchObject({
      type: 'Service.Unreachable',
      message:
        `Redis for capacity does not answer at redis-cluster://127.0.0.1:${server.port}: ` +
        `connect ECONNREFUSED 127.0.0.1:${server.port}. Start it there or correct the address.`,
    });
  });

  test('does not wait when the credentials are refused', async () => {
    await nodes[0].admin.config('SET', 'requirepass', 'right');
    const startedAt = performance.now();
    const opened = createRedisConnection(`redis-cluster://:wr0ng@127.0.0.1:${nodes[0].port}`, { role: 'capacity' });
    await expect(opened).rejects.toMatchObject({ message: expect.stringContaining('WRONGPASS') as string });
    await expect(opened).rejects.toMatchObject({ message: expect.not.stringContaining('wr0ng') as string });
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    await nodes[0].admin.config('SET', 'requirepass', '');
  });
});
