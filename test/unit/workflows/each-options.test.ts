import { itemsFailed, readEachOptions, toleratedOf } from '../../../src/workflows/policy/each-options';

describe('readEachOptions', () => {
  test('takes 8 at once and tolerates nothing unless told otherwise', () => {
    expect(readEachOptions(100_000, {})).toEqual({ concurrency: 8, tolerated: undefined });
  });

  test.each([
    [{ concurrency: 0 }, 'concurrency must be a whole number of at least 1 and at most 1000, received 0'],
    [{ concurrency: 1_001 }, 'received 1001'],
    [{ concurrency: Number.NaN }, 'received NaN'],
    [{ maxItems: 2_000_000 }, 'maxItems must be a whole number of at least 1 and at most 1000000, received 2000000'],
    [{ chunkItems: 401 }, 'chunkItems must be a whole number of at least 1 and at most 400, received 401'],
    [{ maxItems: 9 }, '10 items, at most 9 are taken; split the list or raise maxItems'],
  ])('refuses %j', (options, message) => {
    expect(() => readEachOptions(10, options)).toThrow(
      expect.objectContaining({ type: 'Pipeline.InvalidInput', message: expect.stringContaining(message) as string }),
    );
  });

  test('refuses more than 100,000 items unless told otherwise', () => {
    expect(() => readEachOptions(100_001, {})).toThrow('100001 items, at most 100000 are taken');
    expect(readEachOptions(100_001, { maxItems: 200_000 }).concurrency).toBe(8);
  });
});

describe('toleratedOf', () => {
  test.each([
    [0, 10, 0],
    [3, 10, 3],
    ['5%', 100, 5],
    ['5%', 99, 4],
    ['0.5%', 1_000, 5],
    ['7%', 100, 7],
    ['100%', 12, 12],
    ['0%', 12, 0],
    ['5%', 0, 0],
  ])('%s of %i items is %i', (tolerate, items, tolerated) => {
    expect(toleratedOf(tolerate, items)).toBe(tolerated);
  });

  test.each([-1, 1.5, Number.NaN, '5', '101%', '-1%', '', 'many', null, {}])('refuses %j', (tolerate) => {
    expect(() => toleratedOf(tolerate, 10)).toThrow(expect.objectContaining({ type: 'Pipeline.InvalidInput' }));
  });
});

describe('itemsFailed', () => {
  test('says how many, and shows the first five', () => {
    const failures = Array.from({ length: 7 }, (_, index) => ({ type: 'Llm.Timeout', message: `no ${index}` }));
    const error = itemsFailed(failures, 6, 100);
    expect(error.message).toBe('each: 7 of 100 items failed, 6 are tolerated; the first: Llm.Timeout: no 0');
    expect(error.details['failures']).toHaveLength(5);
  });
});
