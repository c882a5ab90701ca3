/**
 * Invariant 4, last part: tenants of a saturated pool share it by their weights, whatever the size of their requests;
 * interactive calls do not queue behind batch, and batch has its minimum beside them.
 */
import fc from 'fast-check';
import { candidate, capacitySettings } from '../open-capacity';
import { play, requestOf, stream, type Served } from '../traffic';
import { useRedis, type Opened } from './open-sequence';
import { findNone, seed } from './run-property';

const redis = useRedis();

const { batchAheadMs, batchMinimumShare } = capacitySettings;
/** 4,000 tokens a second. */
const tpm = 240_000;
const msPerToken = 60_000 / tpm;
const warmUpMs = 15_000;
const minuteMs = 60_000;
/** Callers come back this late at the most: nobody comes to the millisecond. */
const lateMs = 100;

function requestBy(pool: string, tokens: number, changes: Parameters<typeof requestOf>[1] = {}) {
  return requestOf([candidate(`east-${pool}`, { tpm }, { tokens })], { pool, ...changes });
}

function tokensOf({ caller }: Served): number {
  return caller.request.candidates[0]?.cost.tokens ?? 0;
}

function within(served: readonly Served[], fromMs: number, toMs: number): readonly Served[] {
  return served.filter(({ startedAtMs }) => startedAtMs >= fromMs && startedAtMs < toMs);
}

function sumTokens(served: readonly Served[]): number {
  return served.reduce((sum, each) => sum + tokensOf(each), 0);
}

const requestTokens = fc.integer({ min: 6, max: 12 }).map((n) => n * 100);

interface Tenant {
  readonly name: string;
  readonly weight: number;
  readonly tokens: number;
}

const tenants = { heavy: 3, light: 1, other: 1, middle: 2 } as const;

describe(`tenants (seed ${seed})`, () => {
  const named = fc.shuffledSubarray(Object.entries(tenants), { minLength: 2, maxLength: 3 });
  const mixOf = named.chain((chosen) =>
    fc.tuple(...chosen.map(([name, weight]) => requestTokens.map((tokens): Tenant => ({ name, weight, tokens })))),
  );

  test('share every saturated minute by their weights, within a tenth', async () => {
    const settings = {
      tenants: Object.fromEntries(
        Object.entries(tenants).map(([name, weight]) => [name, { weight, priority: 'standard' as const }]),
      ),
    };

    await findNone({ redis: redis.current, sequences: 4, of: mixOf, settings }, async (mix, opened) => {
      const served = within(await saturate(opened, mix), warmUpMs, warmUpMs + minuteMs);
      const weights = mix.reduce((sum, { weight }) => sum + weight, 0);
      return mix.flatMap(({ name, weight }) => {
        const share = sumTokens(served.filter(({ caller }) => caller.request.tenant === name)) / sumTokens(served);
        const due = weight / weights;
        return Math.abs(share / due - 1) <= 0.1 ? [] : [`${name} got ${share.toFixed(3)}, due were ${due.toFixed(3)}`];
      });
    });
  });

  async function saturate(opened: Opened, mix: readonly Tenant[]): Promise<readonly Served[]> {
    const untilMs = warmUpMs + minuteMs;
    const callers = mix.flatMap(({ name, tokens }) =>
      stream(
        name,
        { count: Math.ceil(untilMs / (tokens * msPerToken)), everyMs: 1 },
        { request: requestBy(opened.pool, tokens, { tenant: name }), lateMs },
      ),
    );
    return play(opened, callers, untilMs);
  }
});

describe(`lanes (seed ${seed})`, () => {
  const sizes = fc.record({ batchTokens: requestTokens, tokens: requestTokens });

  test('keep interactive calls from waiting behind batch, however large its requests are', async () => {
    const of = fc.tuple(sizes, fc.array(fc.integer({ min: 1_000, max: 4_000 }), { minLength: 8, maxLength: 8 }));

    await findNone({ redis: redis.current, sequences: 4, of }, async ([{ batchTokens, tokens }, gapsMs], opened) => {
      let atMs = 3_000;
      const people = gapsMs.map((gapMs, index) => {
        atMs += gapMs;
        return { rid: `person${index}`, atMs, request: requestBy(opened.pool, tokens), lateMs };
      });
      const batch = stream(
        'batch',
        { count: 700 },
        { request: requestBy(opened.pool, batchTokens, { lane: 'batch' }), lateMs },
      );
      const served = await play(opened, [...batch, ...people], 35_000);
      const waits = served.filter(({ caller }) => caller.rid.startsWith('person')).map(({ waitedMs }) => waitedMs);
      // Who comes after a quiet minute finds two seconds booked.
      const longestMs = Math.max(...waits.slice(1));
      const boundMs = batchAheadMs + (batchTokens + tokens) * msPerToken;
      const missing = people.length - waits.length;
      return [
        ...(missing > 0 ? [`${missing} interactive calls were not served`] : []),
        ...(longestMs > boundMs ? [`an interactive call waited ${longestMs} ms, ${boundMs} are the most`] : []),
      ];
    });
  });

  test('leave batch its minimum while interactive calls take all they can get', async () => {
    await findNone({ redis: redis.current, sequences: 4, of: sizes }, async ({ batchTokens, tokens }, opened) => {
      const callers = [
        ...stream('batch', { count: 100 }, { request: requestBy(opened.pool, batchTokens, { lane: 'batch' }), lateMs }),
        ...stream('person', { count: 350, everyMs: 100 }, { request: requestBy(opened.pool, tokens), lateMs }),
      ];
      const served = within(await play(opened, callers, 45_000), warmUpMs, 45_000);
      const all = sumTokens(served);
      const batch = sumTokens(served.filter(({ caller }) => caller.rid.startsWith('batch')));
      // One request more or less is what the edges of the half minute make.
      const isEnough = batch + batchTokens >= 0.9 * batchMinimumShare * all;
      return isEnough ? [] : [`batch got ${batch} of ${all} tokens`];
    });
  });
});
