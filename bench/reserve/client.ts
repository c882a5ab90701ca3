/** A client process of the benchmark: does what it is told over the IPC channel, through the store the product uses. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { createRedisConnection } from '../../src/capacity/redis-connection';
import { createRedisCapacityStore } from '../../src/capacity/redis-store';
import type { CapacityStore } from '../../src/capacity/store';
import type { CapacityCandidate, Reservation } from '../../src/contracts/capacity';
import { HoldfastError } from '../../src/errors';
import type { Answer, CallKind, Order, SliceAnswer } from './messages';
import { benchSettings, candidatesOf, requestFor } from './pool';

const emptyScript = 'return 0';
const timerSlackMs = 5;

interface Client {
  readonly redis: Redis;
  readonly emptySha: string;
  store: CapacityStore;
  keyPrefix: string;
  candidates: readonly CapacityCandidate[];
  held: Reservation[];
  reserved: number;
}

/** Wall time with a fraction; the processes of one machine agree on it. */
function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

function openStore(redis: Redis, keyPrefix: string): CapacityStore {
  return createRedisCapacityStore({ redis, keyPrefix, capacity: benchSettings });
}

function callOf(client: Client, call: CallKind): () => Promise<void> {
  const { redis, emptySha, store, candidates, keyPrefix } = client;
  switch (call) {
    case 'get':
      return async () => void (await redis.get(`${keyPrefix}floor`));
    case 'empty':
      return async () => void (await redis.evalsha(emptySha, 1, `${keyPrefix}floor`));
    case 'reserve':
      return async () => {
        const answer = await store.reserve(requestFor(`bench-${process.pid}-${client.reserved++}`, candidates));
        if (answer.kind === 'granted') client.held.push(answer.reservation);
      };
  }
}

async function runSlice(client: Client, order: Extract<Order, { kind: 'slice' }>): Promise<SliceAnswer> {
  const { startAtMs, endAtMs, inFlight } = order;
  const call = callOf(client, order.call);
  const latenciesMs: number[] = [];
  let completed = 0;
  let failed = 0;
  await sleep(Math.max(0, startAtMs - nowMs() - timerSlackMs));
  while (nowMs() < startAtMs);
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (let at = nowMs(); at < endAtMs;) {
        const isAnswered = await call().then(() => true, ignoreUnavailable);
        const answeredAt = nowMs();
        if (!isAnswered) failed += 1;
        else {
          latenciesMs.push(answeredAt - at);
          if (answeredAt <= endAtMs) completed += 1;
        }
        at = answeredAt;
      }
    }),
  );
  return { completed, failed, latenciesMs };
}

/** An answer that came too late on a busy machine is counted, everything else is a mistake of ours. */
function ignoreUnavailable(error: unknown): false {
  const isLate = (error as Error).message === 'Command timed out';
  if (isLate || (error instanceof HoldfastError && error.type === 'Capacity.StoreUnavailable')) return false;
  throw error;
}

/** Runs `inFlight` loops over the items; each call is repeated until it is answered, which is safe for one rid. */
async function runAll<T>(items: readonly T[], inFlight: number, call: (item: T) => Promise<unknown>): Promise<void> {
  const next = items.values();
  const loop = async (): Promise<void> => {
    for (const item of next) while (!(await call(item).then(() => true, ignoreUnavailable)));
  };
  await Promise.all(Array.from({ length: inFlight }, loop));
}

/** Endpoints take turns: the same state as after a choice among all of them, sooner. */
async function fill({ store, candidates }: Client, { from, to, inFlight }: Extract<Order, { kind: 'fill' }>) {
  const numbers = Array.from({ length: to - from }, (_, index) => from + index);
  await runAll(numbers, inFlight, async (number) => {
    const candidate = candidates[number % candidates.length] as CapacityCandidate;
    const { kind } = await store.reserve(requestFor(`live-${number}`, [candidate]));
    if (kind !== 'granted') throw new Error(`a reservation to be kept was answered ${kind}`);
  });
}

async function obey(client: Client, order: Order): Promise<SliceAnswer | undefined> {
  switch (order.kind) {
    case 'open':
      client.keyPrefix = order.keyPrefix;
      client.store = openStore(client.redis, order.keyPrefix);
      client.candidates = candidatesOf(order.pool);
      client.held = [];
      return undefined;
    case 'fill':
      await fill(client, order);
      return undefined;
    case 'slice':
      return runSlice(client, order);
    case 'end':
      await runAll(client.held.splice(0), order.inFlight, (reservation) =>
        client.store.settle({ ...reservation, outcome: 'succeeded' }),
      );
      return undefined;
  }
}

async function main(url: string): Promise<void> {
  const redis = (await createRedisConnection(url, { role: 'bench' })) as Redis;
  const emptySha = (await redis.script('LOAD', emptyScript)) as string;
  const store = openStore(redis, 'bench:');
  const client: Client = { redis, emptySha, store, keyPrefix: 'bench:', candidates: [], held: [], reserved: 0 };
  const answer = (message: Answer): void => void process.send?.(message);
  process.on('message', (order: Order) => {
    obey(client, order).then(
      (slice) => answer({ kind: 'done', ...(slice && { slice }) }),
      (error: unknown) => answer({ kind: 'failed', message: String(error) }),
    );
  });
  answer({ kind: 'done' });
}

// Whoever started us is gone.
process.on('disconnect', () => process.exit());
main(process.argv[2] as string).catch((error: unknown) => {
  process.send?.({ kind: 'failed', message: String(error) } satisfies Answer);
});
