import type { LimitReading } from '../../../src/contracts/capacity';
import { candidate, granted, request, useCapacity } from './open-capacity';

const capacity = useCapacity();

const east = (tokens = 100) => [candidate('east', { tpm: 60_000, rpm: 6_000 }, { tokens })];
let calls = 0;

async function answerWith(limits: readonly LimitReading[], tokens = 100): Promise<void> {
  const { store } = capacity.current;
  const reservation = granted(await store.reserve(request(`call${calls++}`, east(tokens))));
  await store.settle({ ...reservation, outcome: 'succeeded', limits });
}

async function rateLimited(): Promise<void> {
  const { store } = capacity.current;
  const reservation = granted(await store.reserve(request(`call${calls++}`, east(1))));
  await store.settle({ ...reservation, outcome: 'rateLimited', blockedForMs: 0 });
}

async function reading() {
  const [endpoint] = (await capacity.current.store.inspect('smart', east())).endpoints;
  if (endpoint === undefined) throw new Error('expected an endpoint');
  const effective = (name: string) => endpoint.dimensions.find(({ dimension }) => dimension === name)?.effectiveLimit;
  const used = endpoint.dimensions.find(({ dimension }) => dimension === 'tpm')?.used;
  return { ...endpoint, tpm: effective('tpm'), rpm: effective('rpm'), used };
}

describe('a 429 although capacity was reserved', () => {
  test('cuts the rate to 70 %, once per five seconds, however many come', async () => {
    const { clock } = capacity.current;
    await rateLimited();
    await rateLimited();
    await rateLimited();
    expect(await reading()).toMatchObject({ rateFactor: 0.7, tpm: 42_000, rateLimited: 3 });
    clock.advance(5_000);
    await rateLimited();
    expect((await reading()).rateFactor).toBeCloseTo((0.7 + 0.3 / 12) * 0.7, 5);
  });

  test('never cuts it below a tenth', async () => {
    for (let i = 0; i < 30; i++) {
      await rateLimited();
      capacity.current.clock.advance(5_000);
    }
    expect((await reading()).rateFactor).toBeGreaterThanOrEqual(0.1);
    expect((await reading()).rateFactor).toBeLessThan(0.13);
  });

  test('is recovered from by three tenths of the limit per minute', async () => {
    await rateLimited();
    capacity.current.clock.advance(20_000);
    expect((await reading()).rateFactor).toBeCloseTo(0.8, 5);
    capacity.current.clock.advance(41_000);
    expect(await reading()).toMatchObject({ rateFactor: 1, tpm: 60_000 });
  });

  test('spaces starts by the lower rate', async () => {
    const { store } = capacity.current;
    await rateLimited();
    const starts = [];
    for (const rid of ['a', 'b', 'c', 'd'])
      starts.push(granted(await store.reserve(request(rid, east(7_000)))).startInMs);
    // 7,000 tokens are 7 s of the limit and 10 s of 70 % of it.
    expect((starts[3] ?? 0) - (starts[2] ?? 0)).toBeCloseTo(10_000, -1);
  });
});

describe('the headers of an answer', () => {
  test('that tell a lower limit are followed down, and up again', async () => {
    await answerWith([{ dimension: 'tpm', limit: 30_000 }]);
    expect((await reading()).tpm).toBe(30_000);
    await answerWith([{ dimension: 'tpm', limit: 45_000 }]);
    expect((await reading()).tpm).toBe(45_000);
    await answerWith([{ dimension: 'tpm', limit: 60_000 }]);
    expect((await reading()).tpm).toBe(60_000);
  });

  test('never raise a limit', async () => {
    await answerWith([{ dimension: 'tpm', limit: 600_000 }]);
    expect((await reading()).tpm).toBe(60_000);
  });

  test('hold for ten minutes when nothing is told again', async () => {
    await answerWith([{ dimension: 'tpm', limit: 30_000 }]);
    capacity.current.clock.advance(599_000);
    expect((await reading()).tpm).toBe(30_000);
    capacity.current.clock.advance(2_000);
    expect((await reading()).tpm).toBe(60_000);
  });

  test('of one dimension do not slow another', async () => {
    const { store } = capacity.current;
    await answerWith([{ dimension: 'rpm', limit: 600 }]);
    const starts = [];
    for (const rid of ['a', 'b', 'c']) starts.push(granted(await store.reserve(request(rid, east(6_000)))).startInMs);
    expect((starts[2] ?? 0) - (starts[1] ?? 0)).toBe(6_000);
  });

  test('that tell of usage by somebody else have it taken off the limit, until the provider forgets it', async () => {
    await answerWith([{ dimension: 'tpm', limit: 60_000, remaining: 20_000, resetMs: 40_000 }]);
    expect((await reading()).tpm).toBe(60_000 - 39_900);
    capacity.current.clock.advance(20_000);
    expect((await reading()).tpm).toBe(60_000 - 19_950);
    capacity.current.clock.advance(20_000);
    expect((await reading()).tpm).toBe(60_000);
  });

  test('that tell of nobody else any more give the limit back at once', async () => {
    await answerWith([{ dimension: 'tpm', limit: 60_000, remaining: 20_000, resetMs: 40_000 }]);
    capacity.current.clock.advance(2_000);
    await answerWith([{ dimension: 'tpm', limit: 60_000, remaining: 58_000, resetMs: 2_000 }]);
    expect((await reading()).tpm).toBe(60_000);
  });

  test('of a small bucket are not taken for usage of a minute', async () => {
    // A bucket of one second: 1,000 tokens, full again in 0.9 s; of the limit it shows 59,100 as gone.
    await answerWith([{ dimension: 'tpm', limit: 60_000, remaining: 900, resetMs: 900 }]);
    expect((await reading()).used).toBe(100);
  });

  test('within what estimates are off by change nothing', async () => {
    await answerWith([{ dimension: 'tpm', limit: 60_000, remaining: 57_500, resetMs: 2_500 }]);
    expect((await reading()).used).toBe(100);
  });

  test.each<[string, LimitReading]>([
    ['a limit of nothing', { dimension: 'tpm', limit: 0, remaining: 0, resetMs: 60_000 }],
    ['no number', { dimension: 'tpm', limit: NaN, remaining: NaN, resetMs: NaN }],
    ['negative ones', { dimension: 'tpm', limit: -1, remaining: -1, resetMs: -1 }],
    ['a dimension that is not limited', { dimension: 'outputTpm', limit: 10, remaining: 0, resetMs: 60_000 }],
    ['more remaining than there is', { dimension: 'tpm', limit: 60_000, remaining: 1e9, resetMs: 1 }],
  ])('with %s are ignored', async (_, told) => {
    await answerWith([told]);
    expect(await reading()).toMatchObject({ tpm: 60_000, used: 100, rateFactor: 1 });
  });
});
