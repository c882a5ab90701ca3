import { addCounts, noCounts } from '../../../../bench/chaos-capacity/messages';

describe('addCounts', () => {
  test('adds up, failures by type, and keeps the longest wait', () => {
    const sum = { ...noCounts(), sent: 2, failures: { 'Llm.Connection': 1 }, longestStoreMs: 40 };
    addCounts(sum, { ...noCounts(), sent: 3, failures: { 'Llm.Connection': 1, 'Llm.Timeout': 1 }, longestStoreMs: 30 });
    expect(sum).toEqual({
      ...noCounts(),
      sent: 5,
      failures: { 'Llm.Connection': 2, 'Llm.Timeout': 1 },
      longestStoreMs: 40,
    });
  });
});
