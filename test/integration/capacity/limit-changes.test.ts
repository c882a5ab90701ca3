import { candidate, granted, request, useCapacity } from './open-capacity';
import { createRedisCapacityStore } from '../../../src/capacity/redis-store';
import { capacitySettings } from './open-capacity';

const capacity = useCapacity();

const east = (tpm: number, tokens = 100) => [candidate('east', { tpm }, { tokens })];
const limitInForce = async (tpm: number): Promise<number | undefined> =>
  (await capacity.current.store.inspect('smart', east(tpm))).endpoints[0]?.dimensions[0]?.limit;

/** A process with a config of its own, and what it is warned of. */
function processWith(limitsVersion: number) {
  const { redis, keyPrefix, clock } = capacity.current;
  const warnings: string[] = [];
  const store = createRedisCapacityStore({
    redis,
    keyPrefix,
    capacity: { ...capacitySettings, limitsVersion },
    now: () => clock.now(),
    allowTestClock: true,
    warn: (text) => warnings.push(text),
  });
  return { store, warnings };
}

describe('limits', () => {
  test('of a higher version come into force with its first call, for everybody', async () => {
    await capacity.current.store.reserve(request('a', east(1_000)));
    const next = processWith(2);
    await next.store.reserve(request('b', east(2_000)));
    expect(await limitInForce(1_000)).toBe(2_000);
    expect(next.warnings).toEqual([]);
  });

  test('of an old worker do not come back', async () => {
    const next = processWith(2);
    await next.store.reserve(request('a', east(2_000)));
    const old = processWith(1);
    await old.store.reserve(request('b', east(1_000)));
    expect(await limitInForce(1_000)).toBe(2_000);
    expect(old.warnings).toEqual([
      'limits of east: version 2 is in force, the config has 1; the ones in force are kept. ' +
        'To change them, set capacity.limitsVersion higher.',
    ]);
  });

  test('of two workers that disagree under one version are the lower of both, and both are told', async () => {
    const [one, other] = [processWith(1), processWith(1)];
    await one.store.reserve(request('a', east(2_000)));
    await other.store.reserve(request('b', east(1_500)));
    expect(await limitInForce(2_000)).toBe(1_500);
    expect(other.warnings[0]).toContain(
      'limits of east: others are in force under the same version 1; the lower of both hold.',
    );
  });

  test('can be changed while everything runs, and the config does not undo it', async () => {
    const { store, newProcess } = capacity.current;
    await store.reserve(request('a', east(1_000)));
    expect(await store.setLimits({ pool: 'smart', quotaGroup: 'east', limits: { tpm: 60_000 } })).toBe(2);
    // 100 tokens took 6 s of the old limit, and take 0.1 s of the new.
    granted(await store.reserve(request('b', east(1_000))));
    granted(await newProcess().reserve(request('c', east(1_000))));
    expect(await limitInForce(1_000)).toBe(60_000);
  });

  test('that were raised admit what the config would not, and lowered ones refuse it at once', async () => {
    const { store } = capacity.current;
    await expect(store.reserve(request('a', east(1_000, 5_000)))).rejects.toMatchObject({
      type: 'Capacity.RequestTooLarge',
    });
    await store.setLimits({ pool: 'smart', quotaGroup: 'east', limits: { tpm: 60_000 } });
    granted(await store.reserve(request('b', east(1_000, 5_000))));
    await store.setLimits({ pool: 'smart', quotaGroup: 'east', limits: { tpm: 50 } });
    await expect(store.reserve(request('c', east(1_000, 100)))).rejects.toMatchObject({
      type: 'Capacity.RequestTooLarge',
    });
  });

  test('that are none are refused', async () => {
    const { store } = capacity.current;
    const change = { pool: 'smart', quotaGroup: 'east', limits: { tpm: 0 } };
    await expect(store.setLimits(change)).rejects.toMatchObject({ type: 'Config.Invalid' });
  });

  test('keep what was booked: a lower limit counts what the higher one let through', async () => {
    const { store } = capacity.current;
    for (let i = 0; i < 10; i++) await store.reserve(request(`a${i}`, east(60_000, 500)));
    await store.setLimits({ pool: 'smart', quotaGroup: 'east', limits: { tpm: 6_000 } });
    const next = granted(await store.reserve(request('b', east(60_000, 2_000))));
    expect(next.startInMs).toBeGreaterThan(55_000);
  });
});
