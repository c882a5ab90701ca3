import { gapsOf, LocalPacer } from '../../../src/capacity/local-pacer';
import type { Limits } from '../../../src/contracts/settings';

describe('gapsOf', () => {
  test.each<[string, Limits, Record<string, number>]>([
    ['a request', { rpm: 60 }, { rpm: 4_000 }],
    ['tokens', { tpm: 60_000 }, { tpm: 4_000 }],
    ['input tokens', { inputTpm: 60_000 }, { inputTpm: 1_200 }],
    ['output tokens', { outputTpm: 60_000 }, { outputTpm: 2_800 }],
    ['a request of a day', { rpd: 8_640 }, { rpd: 40_000 }],
    ['every dimension that is limited', { rpm: 60, tpm: 6_000, concurrency: 4 }, { rpm: 4_000, tpm: 40_000 }],
    ['nothing', {}, {}],
  ])('is the time that a quarter of the limit takes for %s', (_, limits, gaps) => {
    const cost = { tokens: 1_000, inputTokens: 300, outputTokens: 700 };
    expect(Object.fromEntries(gapsOf({ limits, cost }, 0.25))).toEqual(gaps);
  });

  test('takes input tokens for all tokens where they are not told, and leaves out what costs nothing', () => {
    const limits = { inputTpm: 60_000, outputTpm: 60_000 };
    expect(Object.fromEntries(gapsOf({ limits, cost: { tokens: 500 } }, 0.5))).toEqual({ inputTpm: 1_000 });
  });
});

describe('LocalPacer', () => {
  const gaps = new Map([
    ['rpm', 1_000],
    ['tpm', 3_000],
  ] as const);
  const from = { fromMs: 0, emptySinceMs: 0, firstGaps: 1 };

  test('starts empty: the first start waits for its own cost', () => {
    expect(new LocalPacer().earliest(gaps, from)).toEqual({ atMs: 3_000, blockedBy: 'tpm' });
  });

  test('starts at once when that time has passed', () => {
    expect(new LocalPacer().earliest(gaps, { ...from, fromMs: 9_000 })).toEqual({ atMs: 9_000 });
  });

  test('spaces starts by what the one before costs', () => {
    const pacer = new LocalPacer();
    pacer.book(gaps, 9_000);
    expect(pacer.earliest(new Map([['rpm', 1_000]]), from)).toEqual({ atMs: 10_000, blockedBy: 'rpm' });
    expect(pacer.earliest(gaps, from)).toEqual({ atMs: 12_000, blockedBy: 'tpm' });
  });

  test('saves nothing up over an idle time', () => {
    const pacer = new LocalPacer();
    pacer.book(gaps, 9_000);
    const late = { ...from, fromMs: 900_000 };
    pacer.book(gaps, pacer.earliest(gaps, late).atMs);
    expect(pacer.earliest(gaps, late)).toEqual({ atMs: 903_000, blockedBy: 'tpm' });
  });
});
