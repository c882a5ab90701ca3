import { effectKeyFor } from '../../../src/workflows/policy/effect-key';

const runWith = (...counts: number[]) => ({ runKey: 'report:1/run', openEffect: () => counts.shift() ?? -1 });

describe('effectKeyFor', () => {
  test('counts the effects of a name', () => {
    const run = runWith(0, 1);
    expect(effectKeyFor('createOrder', {}, run)).toBe('report:1/run/effect/createOrder#0');
    expect(effectKeyFor('createOrder', { summary: 'another' }, run)).toBe('report:1/run/effect/createOrder#1');
  });

  test('a key of its own is within the run, and no count', () => {
    expect(effectKeyFor('createOrder', { key: '#0' }, runWith())).toBe('report:1/run/effect/createOrder:#0');
  });

  test('a whole key stands as it is', () => {
    expect(effectKeyFor('createOrder', { idempotencyKey: 'order 42' }, runWith())).toBe('order 42');
  });

  test.each([
    [{ key: '' }, 'effect createOrder: key: expected 1 to 200 characters, received 0'],
    [{ key: 'x'.repeat(201) }, 'effect createOrder: key: expected 1 to 200 characters, received 201'],
    [{ idempotencyKey: 'x'.repeat(1_001) }, 'effect createOrder: idempotencyKey: expected 1 to 1000 characters'],
    [{ key: 'a', idempotencyKey: 'b' }, 'effect createOrder: has both key and idempotencyKey: give one'],
  ])('%j is refused', (call, message) => {
    expect(() => effectKeyFor('createOrder', call, runWith())).toThrow(
      expect.objectContaining({ type: 'Config.Invalid', message: expect.stringContaining(message) as string }) as Error,
    );
  });
});
