import * as z from 'zod';
import { createSchemaRegistry } from '../../../src/schemas';

describe('problemOf', () => {
  const { problemOf } = createSchemaRegistry(z);
  const schema = {
    type: 'object',
    properties: { order: { type: 'string' }, count: { type: 'integer', minimum: 1 } },
    required: ['order'],
    additionalProperties: false,
  };

  test('is nothing for a value that matches', () => {
    expect(problemOf(schema, { order: 'A-7', count: 2 })).toBeUndefined();
    expect(problemOf(schema, { order: 'A-7' })).toBeUndefined();
  });

  test.each([
    [{}, /^order: /],
    [{ order: 7 }, /^order: /],
    [{ order: 'A-7', count: 0 }, /^count: /],
    [{ order: 'A-7', note: 'x' }, /note/],
    [[], /^\(whole answer\): /],
  ])('names the place in %j', (value, expected) => {
    expect(problemOf(schema, value)).toMatch(expected);
  });

  test('is nothing where the schema cannot be read', () => {
    expect(problemOf({ $ref: 'https://example.com/order.json' }, { any: 'thing' })).toBeUndefined();
  });
});
