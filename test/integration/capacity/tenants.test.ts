import { candidate, useCapacity } from './open-capacity';
import { play, requestOf, stream, type Served } from './traffic';

const capacity = useCapacity();

/** 10 requests of 500 tokens a second. */
const limits = { tpm: 300_000 };
const requestBy = (tenant: string, tokens = 500, lane: 'interactive' | 'batch' = 'interactive') =>
  requestOf([candidate('east', limits, { tokens })], { tenant, lane });

function tokensBy(served: readonly Served[], tenant: string, fromMs = 20_000, toMs = 80_000): number {
  return served
    .filter(
      ({ caller, startedAtMs }) => caller.request.tenant === tenant && startedAtMs >= fromMs && startedAtMs < toMs,
    )
    .reduce((sum, { caller }) => sum + (caller.request.candidates[0]?.cost.tokens ?? 0), 0);
}

describe('tenants', () => {
  test.each(['interactive', 'batch'] as const)('of equal weight get equal tokens in the %s lane', async (lane) => {
    const callers = [
      ...stream('a', { count: 1_600, everyMs: 50 }, { request: requestBy('a', 500, lane), lateMs: 100 }),
      // Half as many requests of twice the size.
      ...stream('b', { count: 800, everyMs: 100 }, { request: requestBy('b', 1_000, lane), lateMs: 100 }),
    ];
    const served = await play(capacity.current, callers, 82_000);
    const ratio = tokensBy(served, 'a') / tokensBy(served, 'b');
    expect(Math.abs(ratio - 1)).toBeLessThan(0.1);
  });

  test.each(['interactive', 'batch'] as const)('share 3:1 by weight in the %s lane', async (lane) => {
    const { newProcess, clock } = capacity.current;
    const store = newProcess({
      tenants: { a: { weight: 3, priority: 'standard' }, b: { weight: 1, priority: 'standard' } },
    });
    const callers = [
      ...stream('a', { count: 800 }, { request: requestBy('a', 500, lane), lateMs: 300 }),
      ...stream('b', { count: 800 }, { request: requestBy('b', 500, lane), lateMs: 300 }),
    ];
    const served = await play({ store, clock }, callers, 82_000);
    const ratio = tokensBy(served, 'a') / tokensBy(served, 'b');
    expect(ratio).toBeGreaterThan(2.7);
    expect(ratio).toBeLessThan(3.3);
  });

  test('with hundreds of jobs do not starve another with one', async () => {
    const callers = [
      ...stream('many', { count: 500 }, { request: requestBy('many'), lateMs: 100 }),
      ...stream('one', { count: 1, fromMs: 3_000 }, { request: requestBy('one'), lateMs: 100 }),
    ];
    const served = await play(capacity.current, callers, 30_000);
    const one = served.find(({ caller }) => caller.rid === 'one0');
    // What is booked ahead goes first, and no more.
    expect(one?.waitedMs).toBeLessThan(11_000);
  });

  test('that come alone get everything', async () => {
    const callers = stream('a', { count: 1_000 }, { request: requestBy('a'), lateMs: 100 });
    const served = await play(capacity.current, callers, 82_000);
    expect(tokensBy(served, 'a') / limits.tpm).toBeGreaterThan(0.985);
  });
});
