import { pollDelayMs } from '../../../src/workflows/policy/poll-delay';

describe('pollDelayMs', () => {
  test('grows by half, up to five minutes', () => {
    expect([0, 1, 2, 3].map(pollDelayMs)).toEqual([1_000, 1_500, 2_250, 3_375]);
    expect([15, 100, 10_000].map(pollDelayMs)).toEqual([300_000, 300_000, 300_000]);
  });
});
