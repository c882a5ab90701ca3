import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import type { Redis } from 'ioredis';
import { createRedisConnection } from '../../../src/capacity/redis-connection';
import { createRedisCapacityStore } from '../../../src/capacity/redis-store';
import type { CapacityStore } from '../../../src/capacity/store';
import type { HoldfastError } from '../../../src/errors';
import { readServices } from '../../support/services';
import { startFaultProxy, type FaultProxy } from './fault-proxy';
import { candidate, capacitySettings, granted, request, useCapacity } from './open-capacity';

const rpm60 = [candidate('east', { rpm: 60 })];

async function failureOf(work: Promise<unknown>): Promise<{ error: HoldfastError; tookMs: number }> {
  const startedAt = performance.now();
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason as HoldfastError,
  );
  if (error === undefined) throw new Error('expected a failure');
  return { error, tookMs: performance.now() - startedAt };
}

describe('the store without Redis', () => {
  const capacity = useCapacity();
  let proxy: FaultProxy;
  let redis: Redis;
  let store: CapacityStore;

  beforeEach(async () => {
    proxy = await startFaultProxy(readServices().redisUrl);
    redis = (await createRedisConnection(proxy.url, { role: 'capacity' })) as Redis;
    store = createRedisCapacityStore({ redis, keyPrefix: capacity.current.keyPrefix, capacity: capacitySettings });
  });
  afterEach(async () => {
    redis.disconnect();
    await proxy.close();
  });

  test('that hangs gives up in time and says where it asked', async () => {
    const reservation = granted(await store.reserve(request('a', rpm60)));
    proxy.hang();
    const operations = [
      store.reserve(request('b', rpm60)),
      store.confirm(reservation),
      store.renew(reservation),
      store.settle({ ...reservation, outcome: 'succeeded' }),
      store.release(reservation),
    ];
    for (const { error, tookMs } of await Promise.all(operations.map(failureOf))) {
      expect(error.type).toBe('Capacity.StoreUnavailable');
      expect(error.message).toContain(`redis://${proxy.address}`);
      expect(error.message).toMatch(/failed 2 times/);
      // Bound 450 ms; a busy machine may be late, but never by an order of magnitude.
      expect(tookMs).toBeLessThan(1_500);
    }
  });

  test('that was only slow has charged one claim, although it was sent twice', async () => {
    await store.reserve(request('first', rpm60));
    proxy.holdAnswersFor(2);
    const slow = granted(await store.reserve(request('slow', rpm60)));
    const next = granted(await store.reserve(request('next', rpm60)));
    expect(next.startAt - slow.startAt).toBe(1_051);
  });

  test('that is gone fails in time, and serves again when it is back', async () => {
    await store.reserve(request('a', rpm60));
    await proxy.cut();
    const { error, tookMs } = await failureOf(store.reserve(request('b', rpm60)));
    expect(error).toMatchObject({ type: 'Capacity.StoreUnavailable' });
    expect(error.message).toContain(`redis://${proxy.address}`);
    expect(tookMs).toBeLessThan(1_500);
    const back = once(redis, 'ready');
    await proxy.restore();
    await back;
    expect((await store.reserve(request('c', rpm60))).kind).toBe('granted');
  });

  test('sends no claim after its caller was told that it failed', async () => {
    await store.reserve(request('a', rpm60));
    await proxy.cut();
    await failureOf(store.reserve(request('late', rpm60)));
    const back = once(redis, 'ready');
    await proxy.restore();
    await back;
    await store.reserve(request('next', rpm60));
    expect(Object.keys(await capacity.current.dump()).filter((key) => key.endsWith('rid:late'))).toEqual([]);
  });

  test('waits for a connection that comes back in time', async () => {
    await store.reserve(request('a', rpm60));
    const closed = once(redis, 'close');
    await proxy.cut();
    await closed;
    const asked = store.reserve(request('b', rpm60));
    await proxy.restore();
    expect((await asked).kind).toBe('granted');
  });

  test('that was closed on purpose fails at once', async () => {
    await redis.quit();
    const { error } = await failureOf(store.reserve(request('a', rpm60)));

    expect(error).toMatchObject({
      type: 'Capacity.StoreUnavailable',
      message: expect.stringContaining('the connection is closed') as string,
    });
  });

  test('tells a fault of the script from a fault of Redis', async () => {
    const key = Object.keys(await capacity.current.dump());
    expect(key).toEqual([]);
    await capacity.current.redis.set(`${capacity.current.keyPrefix}{capacity}:2:state`, 'not a hash');
    const { error } = await failureOf(store.reserve(request('a', rpm60)));
    expect(error).toMatchObject({
      type: 'Llm.Internal',
      message: expect.stringContaining('configure.lua failed: WRONGTYPE') as string,
    });
  });
});

describe('createRedisConnection', () => {
  async function listenWith(answer: string | undefined): Promise<Server> {
    const server = createServer((socket) => {
      server.on('close', () => socket.destroy());
      socket.on('error', () => undefined);
      socket.on('data', () => answer !== undefined && socket.write(answer));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }
  const portOf = (server: Server): number => (server.address() as AddressInfo).port;

  test('says in one line that nobody listens at the address, without the password', async () => {
    const server = await listenWith(undefined);
    const port = portOf(server);
    server.close();
    const url = `redis://holdfast:s3cret@127.0.0.1:${port}/2`;
    const { error } = await failureOf(createRedisConnection(url, { role: 'capacity', startupTimeoutMs: 100 }));
    expect(error.type).toBe('Service.Unreachable');
    expect(error.message).toBe(
      `Redis for capacity does not answer at redis://127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}. ` +
        'Start it there or correct the address.',
    );
  });

  test('gives up on a server that accepts and stays silent', async () => {
    const server = await listenWith(undefined);
    const url = `redis://127.0.0.1:${portOf(server)}`;
    const { error } = await failureOf(createRedisConnection(url, { role: 'journal', startupTimeoutMs: 100 }));
    expect(error).toMatchObject({ type: 'Service.Unreachable' });
    expect(error.message).toContain(`Redis for journal does not answer at ${url}`);
    server.close();
  });

  test('does not wait when the credentials are refused', async () => {
    const server = await listenWith('-WRONGPASS invalid username-password pair or user is disabled.\r\n');
    const url = `redis://holdfast:s3cret@127.0.0.1:${portOf(server)}`;
    const { error } = await failureOf(createRedisConnection(url, { role: 'capacity' }));
    expect(error.message).toContain('WRONGPASS');
    expect(error.message).not.toContain('s3cret');
    server.close();
  });
});
