import type { ReserveAnswer } from '../../../src/contracts/capacity';
import { candidate, granted, request, useCapacity } from './open-capacity';

const capacity = useCapacity();

const open = [candidate('east', { rpm: 1_000_000 })];

async function ask(count: number, name: string, isRetry: boolean, pool = 'smart'): Promise<ReserveAnswer['kind'][]> {
  const answers: ReserveAnswer['kind'][] = [];
  for (let i = 0; i < count; i++) {
    answers.push((await capacity.current.store.reserve(request(`${name}${i}`, open, { isRetry, pool }))).kind);
  }
  return answers;
}

const grants = (answers: readonly string[]): number => answers.filter((kind) => kind === 'granted').length;

describe('the retry budget of a pool', () => {
  test('allows ten retries a minute however few calls there are', async () => {
    const answers = await ask(12, 'retry', true);
    expect(grants(answers)).toBe(10);
    expect(answers.slice(10)).toEqual(['retryBudgetSpent', 'retryBudgetSpent']);
  });

  test('allows a tenth of the first calls', async () => {
    await ask(150, 'first', false);
    expect(grants(await ask(20, 'retry', true))).toBe(15);
  });

  test('never holds a first call back', async () => {
    await ask(12, 'retry', true);
    expect(grants(await ask(5, 'first', false))).toBe(5);
  });

  test('changes nothing when it is spent', async () => {
    await ask(10, 'retry', true);
    const before = await capacity.current.dump();
    await ask(1, 'more', true);
    expect(await capacity.current.dump()).toEqual(before);
  });

  test('slides: what is over a minute old does not count', async () => {
    const { clock } = capacity.current;
    await ask(6, 'early', true);
    clock.advance(40_000);
    expect(grants(await ask(10, 'late', true))).toBe(4);
    clock.advance(21_000);
    expect(grants(await ask(10, 'next', true))).toBe(6);
  });

  test('is a matter of each pool', async () => {
    await ask(10, 'smart', true);
    expect(grants(await ask(1, 'fast', true, 'fast'))).toBe(1);
  });

  test('counts a retry once however often it is sent', async () => {
    for (let i = 0; i < 20; i++) await ask(1, 'same', true);
    expect(grants(await ask(12, 'other', true))).toBe(9);
  });

  test('gets a retry back that was released', async () => {
    const { store } = capacity.current;
    await ask(9, 'retry', true);
    const last = granted(await store.reserve(request('last', open, { isRetry: true })));
    await store.release(last);
    expect(grants(await ask(2, 'more', true))).toBe(1);
  });

  test('forgets what is over a minute old', async () => {
    const { clock, redis, dump } = capacity.current;
    for (let i = 0; i < 100; i++) {
      await ask(1, `call${i}-`, false);
      clock.advance(1_000);
    }
    const budget = Object.keys(await dump()).find((key) => key.includes(':budget:')) as string;
    expect(await redis.hlen(budget)).toBeLessThanOrEqual(62);
  });
});
