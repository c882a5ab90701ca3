import { withStorePolicy, type PolicyStore, type StorePolicyOptions } from '../../../src/capacity/with-store-policy';
import type { CapacityStore } from '../../../src/capacity/store';
import type {
  PoolReading,
  Reservation,
  ReserveAnswer,
  ReserveRequest,
  Settlement,
} from '../../../src/contracts/capacity';
import { HoldfastError } from '../../../src/errors';

/** Grants at once, remembers what it was told, and does not answer while it is down. */
class StoreBehind implements CapacityStore {
  readonly told: string[] = [];
  readonly settlements: Settlement[] = [];
  isDown = false;
  answersLate: Promise<void> = Promise.resolve();

  reserve({ rid, pool, candidates: [first] }: ReserveRequest): Promise<ReserveAnswer> {
    const { endpoint = '', quotaGroup = '' } = first ?? {};
    const reservation = { rid, pool, endpoint, quotaGroup, startAt: 5, startInMs: 0, leaseMs: 30_000 };
    return this.#answer(`reserve ${rid}`, { kind: 'granted', reservation });
  }
  confirm({ rid }: Reservation) {
    return this.#answer(`confirm ${rid}`, { kind: 'confirmed' as const, startInMs: 0, leaseMs: 30_000 });
  }
  renew({ rid }: Reservation) {
    return this.#answer(`renew ${rid}`, true);
  }
  settle(settlement: Settlement) {
    return this.#answer(`settle ${settlement.rid}`, undefined).then(() => void this.settlements.push(settlement));
  }
  release({ rid }: Pick<Reservation, 'rid'>) {
    return this.#answer(`release ${rid}`, undefined);
  }
  setLimits() {
    return this.#answer('setLimits', 2);
  }
  inspect(pool: string) {
    return this.#answer(`inspect ${pool}`, { pool } as PoolReading);
  }

  async #answer<T>(what: string, answer: T): Promise<T> {
    const isDown = this.isDown;
    await this.answersLate;
    if (isDown) throw new HoldfastError('Capacity.StoreUnavailable', `${what}: no answer`);
    this.told.push(what);
    return answer;
  }
}

let behind: StoreBehind;
let store: PolicyStore;
let changes: string[];

function open(options: Partial<StorePolicyOptions> = {}): void {
  behind = new StoreBehind();
  changes = [];
  store = withStorePolicy(behind, {
    pools: { smart: {}, patient: { onStoreDown: 'wait' }, eager: { onStoreDown: 'localShare' } },
    capacity: { onStoreDown: { interactive: 'localShare', batch: 'wait' }, leaseMs: 30_000, jitterMs: 50 },
    liveWorkers: () => 1,
    now: () => Date.now(),
    random: () => 0,
    onChange: (pool, error) => changes.push(`${pool} ${error === undefined ? 'up' : 'down'}`),
    ...options,
  });
}

beforeEach(() => {
  jest.useFakeTimers();
  open();
});
afterEach(() => {
  store.close();
  jest.useRealTimers();
});

const candidates = [{ endpoint: 'gpu', quotaGroup: 'gpu', limits: { rpm: 60, concurrency: 8 }, cost: { tokens: 9 } }];

function request(rid: string, changed: Partial<ReserveRequest> = {}): ReserveRequest {
  return { rid, pool: 'smart', candidates, lane: 'interactive', tenant: 'acme', maxWaitMs: 10_000, ...changed };
}

async function grant(rid: string, changed: Partial<ReserveRequest> = {}): Promise<Reservation> {
  const answer = await store.reserve(request(rid, changed));
  if (answer.kind !== 'granted') throw new Error(`expected a grant, got ${JSON.stringify(answer)}`);
  return answer.reservation;
}

async function loseStore(): Promise<void> {
  behind.isDown = true;
  await grant('lost');
  behind.told.length = 0;
}

describe('withStorePolicy', () => {
  test('passes everything on while the store answers', async () => {
    const reservation = await grant('a');
    expect(reservation).toMatchObject({ startAt: 5 });
    expect(await store.confirm(reservation)).toMatchObject({ kind: 'confirmed' });
    expect(await store.renew(reservation)).toBe(true);
    await store.settle({ ...reservation, outcome: 'succeeded' });
    await store.release(reservation);
    expect(await store.setLimits({ pool: 'smart', quotaGroup: 'gpu', limits: {} })).toBe(2);
    expect(await store.inspect('smart', [])).toEqual({ pool: 'smart' });
    const told = ['reserve a', 'confirm a', 'renew a', 'settle a', 'release a', 'setLimits', 'inspect smart'];
    expect(behind.told).toEqual(told);
    expect(changes).toEqual([]);
  });

  test.each<[string, Partial<ReserveRequest>, 'granted' | 'error']>([
    ['the lane', { lane: 'interactive' }, 'granted'],
    ['the lane', { lane: 'batch' }, 'error'],
    ['the pool', { pool: 'patient', lane: 'interactive' }, 'error'],
    ['the pool', { pool: 'eager', lane: 'batch' }, 'granted'],
    ['the lane', { pool: 'constructor', lane: 'batch' }, 'error'],
  ])('goes by %s: with %j, %s', async (_, changed, outcome) => {
    behind.isDown = true;
    const answer = store.reserve(request('a', changed));
    if (outcome === 'error') await expect(answer).rejects.toMatchObject({ type: 'Capacity.StoreUnavailable' });
    else expect(await answer).toMatchObject({ kind: 'granted', reservation: { startInMs: 2_000 } });
  });

  test('shows no reading without the store', async () => {
    behind.isDown = true;
    await expect(store.inspect('smart', [])).rejects.toMatchObject({ type: 'Capacity.StoreUnavailable' });
  });

  test('does not take a mistake for an outage', async () => {
    await expect(store.settle({ ...(await grant('a')), outcome: 'nonsense' as never })).rejects.toMatchObject({
      type: 'Llm.Internal',
    });
    jest.spyOn(behind, 'reserve').mockRejectedValueOnce(new HoldfastError('Capacity.RequestTooLarge', 'too large'));
    await expect(store.reserve(request('b'))).rejects.toMatchObject({ type: 'Capacity.RequestTooLarge' });
    expect(changes).toEqual([]);
  });
});

describe('withStorePolicy, localShare', () => {
  test('asks a store that is gone once in half a second, by one caller', async () => {
    const asked = jest.spyOn(behind, 'reserve');
    await loseStore();
    await Promise.all(['a', 'b', 'c'].map((rid) => store.reserve(request(rid))));
    expect(asked).toHaveBeenCalledTimes(1);
    store.close();
    jest.advanceTimersByTime(500);
    let answer = (): void => undefined;
    behind.answersLate = new Promise((resolve) => (answer = resolve));
    const probe = store.reserve(request('d'));
    await store.reserve(request('e'));
    answer();
    await probe;
    expect(asked).toHaveBeenCalledTimes(2);
  });

  test('grants no more than the share over an outage, with calls of every kind', async () => {
    await loseStore();
    const start = Date.now();
    const starts: number[] = [];
    for (let i = 0; i < 120; i++) {
      const answer = await store.reserve(request(`call-${i}`, { maxWaitMs: 1_000 }));
      if (answer.kind === 'granted') {
        starts.push(Date.now() - start + answer.reservation.startInMs);
        await store.settle({ ...answer.reservation, outcome: 'succeeded' });
      }
      await jest.advanceTimersByTimeAsync(500);
    }
    // 30 a minute, of which 'lost' took the first.
    expect(starts.length).toBeLessThanOrEqual(30);
    expect(starts.length).toBeGreaterThanOrEqual(28);
    for (const [i, at] of starts.slice(1).entries()) expect(at - (starts[i] ?? 0)).toBeGreaterThanOrEqual(2_000);
  });

  test('keeps its own claims to itself', async () => {
    await loseStore();
    const reservation = await grant('a');
    expect(await store.confirm(reservation)).toEqual({ kind: 'confirmed', startInMs: 4_000, leaseMs: 30_000 });
    expect(await store.renew(reservation)).toBe(true);
    await store.settle({ ...reservation, outcome: 'succeeded' });
    expect(await store.renew(reservation)).toBe(false);
    expect(await store.reserve(request('a'))).toEqual({ kind: 'spent' });
    await store.release(await grant('b', { maxWaitMs: 60_000 }));
    expect(behind.told).toEqual([]);
  });

  test('goes on with calls under claims of the store, and spends those that have yet to start', async () => {
    const [first, second] = [await grant('a'), await grant('b')];
    await loseStore();
    expect(await store.renew(first)).toBe(true);
    expect(await store.confirm(second)).toEqual({ kind: 'spent' });
  });

  test('counts the slots of both', async () => {
    for (const rid of ['a', 'b', 'c']) await grant(rid);
    await loseStore();
    expect(await store.reserve(request('d'))).toMatchObject({ kind: 'wait', blockedBy: 'concurrency on gpu' });
    await store.settle({ rid: 'a', pool: 'smart', endpoint: 'gpu', quotaGroup: 'gpu', outcome: 'succeeded' });
    expect(await store.reserve(request('d'))).toMatchObject({ kind: 'granted' });
  });

  test('holds a pause that it learned with or without the store', async () => {
    await store.settle({ ...(await grant('a')), outcome: 'rateLimited', blockedForMs: 8_000 });
    await loseStore();
    expect(await grant('b')).toMatchObject({ startInMs: 10_000 });
    await store.settle({ ...(await grant('c', { maxWaitMs: 60_000 })), outcome: 'rateLimited', blockedForMs: 30_000 });
    expect(await grant('d', { maxWaitMs: 60_000 })).toMatchObject({ startInMs: 30_000, blockedBy: 'pause on gpu' });
  });

  test('tells the store what it missed as soon as it is back, without anybody asking', async () => {
    const ended = [await grant('settled'), await grant('released'), await grant('unstarted')] as const;
    await loseStore();
    await store.settle({ ...ended[0], outcome: 'rateLimited', blockedForMs: 60_000 });
    await store.release(ended[1]);
    await store.confirm(ended[2]);
    await jest.advanceTimersByTimeAsync(20_000);
    expect(behind.told).toEqual([]);
    behind.isDown = false;
    await jest.advanceTimersByTimeAsync(500);
    expect(changes).toEqual(['smart down', 'smart up']);
    // A grant of ours may stand in the store as well, under a rid that nobody will use there.
    expect(behind.told.filter((what) => !what.startsWith('renew')).sort()).toEqual([
      'release lost',
      'release released',
      'release unstarted',
      'settle settled',
    ]);
    expect(behind.settlements.map(({ blockedForMs }) => blockedForMs)).toEqual([39_500]);
    expect(await grant('next')).toMatchObject({ startAt: 5 });
  });

  test('lets the store know of calls in flight that hold a slot, before it grants again', async () => {
    await loseStore();
    const inFlight = await grant('a');
    await store.settle({ ...(await grant('ended')), outcome: 'succeeded' });
    behind.isDown = false;
    await jest.advanceTimersByTimeAsync(500);
    await grant('next');
    expect(behind.told).toEqual(expect.arrayContaining(['renew lost/local', 'renew a/local']));
    expect(behind.told).not.toContain('renew ended/local');
    expect(behind.told.at(-1)).toBe('reserve next');
    behind.told.length = 0;
    expect(await store.renew(inFlight)).toBe(true);
    await store.settle({ ...inFlight, outcome: 'succeeded' });
    expect(behind.told).toEqual(['renew a/local', 'settle a/local']);
  });

  test('sends callers of booked starts to the store once it is back', async () => {
    await loseStore();
    const booked = await grant('a');
    behind.isDown = false;
    await jest.advanceTimersByTimeAsync(500);
    expect(await store.confirm(booked)).toEqual({ kind: 'spent' });
    expect(await store.reserve(request('a'))).toEqual({ kind: 'spent' });
    expect(behind.told.at(-1)).toBe('release a/local');
  });

  test('keeps the newest thousand endings', async () => {
    await loseStore();
    for (let i = 0; i < 1_001; i++) await store.release({ rid: `old-${i}`, pool: 'smart' });
    behind.isDown = false;
    await jest.advanceTimersByTimeAsync(500);
    const released = behind.told.filter((what) => what.startsWith('release'));
    expect(released).toHaveLength(1_000);
    expect(released).not.toContain('release old-0');
    expect(released).toContain('release old-1000');
  });

  test('keeps what it could not tell when the store is gone again at once', async () => {
    await loseStore();
    for (const rid of ['a', 'b', 'c']) await store.release({ rid, pool: 'smart' });
    behind.isDown = false;
    const gone = new HoldfastError('Capacity.StoreUnavailable', 'gone again');
    jest.spyOn(behind, 'renew').mockRejectedValueOnce(gone);
    jest.spyOn(behind, 'release').mockRejectedValueOnce(gone);
    await jest.advanceTimersByTimeAsync(500);
    expect(changes).toEqual(['smart down']);
    await jest.advanceTimersByTimeAsync(500);
    expect(changes).toEqual(['smart down']);
    await jest.advanceTimersByTimeAsync(500);
    expect(await grant('next')).toMatchObject({ startAt: 5 });
    await jest.advanceTimersByTimeAsync(0);
    expect(changes).toEqual(['smart down', 'smart up']);
    expect(behind.told).toEqual(
      expect.arrayContaining(['renew lost/local', 'release lost', 'release a', 'release b', 'release c']),
    );
  });

  test('is not held up by an ending that the store refuses', async () => {
    await loseStore();
    await store.release({ rid: 'odd', pool: 'smart' });
    behind.isDown = false;
    jest.spyOn(behind, 'release').mockRejectedValueOnce(new HoldfastError('Llm.Internal', 'a defect'));
    await jest.advanceTimersByTimeAsync(500);
    expect(behind.told).toContain('release odd');
    expect(changes).toEqual(['smart down', 'smart up']);
  });

  test('does not mix up pools, which may live on different nodes', async () => {
    await loseStore();
    behind.isDown = false;
    expect(await grant('a', { pool: 'eager' })).toMatchObject({ startAt: 5 });
    expect(await grant('b')).toMatchObject({ startInMs: 4_000 });
    expect(changes).toEqual(['smart down']);
  });
});

describe('withStorePolicy, wait', () => {
  const patient = { pool: 'patient' };

  test('lets every error stand', async () => {
    const reservation = await grant('a', patient);
    behind.isDown = true;
    const operations = [
      store.reserve(request('b', patient)),
      store.confirm(reservation),
      store.renew(reservation),
      store.settle({ ...reservation, outcome: 'succeeded' }),
      store.release(reservation),
    ];
    for (const each of operations) await expect(each).rejects.toMatchObject({ type: 'Capacity.StoreUnavailable' });
  });

  test('asks the store each time, and goes on when it answers', async () => {
    behind.isDown = true;
    await expect(store.reserve(request('a', patient))).rejects.toThrow('no answer');
    behind.isDown = false;
    expect(await grant('a', patient)).toMatchObject({ startAt: 5 });
    await jest.advanceTimersByTimeAsync(0);
    expect(changes).toEqual(['patient down', 'patient up']);
  });

  test('sends an ending once more for callers that do not come again', async () => {
    const reservation = await grant('a', patient);
    behind.isDown = true;
    await expect(store.settle({ ...reservation, outcome: 'succeeded' })).rejects.toThrow('no answer');
    behind.isDown = false;
    await jest.advanceTimersByTimeAsync(500);
    expect(behind.told.at(-1)).toBe('settle a');
  });
});
