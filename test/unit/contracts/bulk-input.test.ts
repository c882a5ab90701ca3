import { itemProblemOf, parseBulkInput } from '../../../src/contracts/pipelines/bulk-input';

const item = { id: 'q1', text: 'Where is my card?' };

describe('parseBulkInput', () => {
  test.each([
    { source: 'banking77/questions.jsonl' },
    { items: [] },
    { items: [item, { id: 'q2', text: 'My PIN?', intent: 'change_pin' }], prefer: 'price', concurrency: 1_000 },
    { items: [item], tolerate: 0 },
    { items: [item], tolerate: '0.5%' },
  ])('takes %j', (input) => {
    expect(parseBulkInput(input)).toEqual(input);
  });

  test.each([
    ['no object', 'a', 'input: expected an object such as {"source": "banking77/questions.jsonl"}, received "a"'],
    ['an unknown field', { source: 'a', lane: 'batch' }, 'lane: expected no field of this name'],
    ['neither source nor items', {}, 'source: expected either source or items, received nothing'],
    ['both', { source: 'a', items: [] }, 'source: expected either source or items, received "a"'],
    ['an empty source', { source: '' }, 'source: expected the path of a JSONL file'],
    ['items that are no list', { items: 'a' }, 'items: expected a list of at most 5000 items'],
    ['too many items', { items: Array(5_001).fill(item) }, 'as source, received "5001 items"'],
    ['an item that is no object', { items: [item, null] }, 'items[1]: expected an object'],
    ['an item without text', { items: [{ id: 'q1' }] }, 'items[0]: text: expected text of 1 to 20000 characters'],
    ['an item of blanks', { items: [{ id: 'q1', text: ' ' }] }, 'items[0]: text: expected text'],
    ['one id twice', { items: [item, { ...item }] }, 'items[1]: id: "q1" is that of items[0] too'],
    ['another preference', { items: [], prefer: 'cheap' }, 'prefer: expected speed or price, received "cheap"'],
    [
      'no concurrency',
      { items: [], concurrency: 0 },
      'concurrency: expected a whole number from 1 to 1000, received 0',
    ],
    ['half of an item', { items: [], tolerate: 0.5 }, 'tolerate: expected a whole number or a share'],
    ['more than everything', { items: [], tolerate: '101%' }, 'tolerate: expected a whole number or a share'],
  ])('refuses %s', (_, input, message) => {
    expect(() => parseBulkInput(input)).toThrow(
      expect.objectContaining({
        type: 'Pipeline.InvalidInput',
        message: expect.stringContaining(message) as string,
      }) as Error,
    );
  });
});

describe('itemProblemOf', () => {
  test('an item of three megabytes gives a message of one line', () => {
    const problem = itemProblemOf({ id: 'q1', text: 'x'.repeat(3_000_000) });
    expect(problem).toBe('text: expected text of 1 to 20000 characters, received text of 3000000 characters');
  });
});
