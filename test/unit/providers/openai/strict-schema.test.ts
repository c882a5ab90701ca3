import { z } from 'zod';
import type { JsonSchema } from '../../../../src/contracts/settings';
import { toStrictSchema } from '../../../../src/providers/openai/strict-schema';

const schemaOf = (type: z.ZodType): JsonSchema => z.toJSONSchema(type) as JsonSchema;
const closed = { additionalProperties: false };

describe('toStrictSchema', () => {
  test('keeps what strict mode takes and leaves out what merely narrows or annotates', () => {
    const schema = schemaOf(
      z.strictObject({
        title: z.string().min(3).max(200).describe('A headline'),
        score: z.number().min(0).max(1),
        tags: z.array(z.enum(['a', 'b'])).max(5),
        address: z.nullable(z.email()),
      }),
    );
    expect(toStrictSchema(schema)).toEqual({
      type: 'object',
      properties: {
        title: { type: 'string', description: 'A headline' },
        score: { type: 'number', minimum: 0, maximum: 1 },
        tags: { type: 'array', maxItems: 5, items: { type: 'string', enum: ['a', 'b'] } },
        address: { anyOf: [{ type: 'string', pattern: expect.any(String) as unknown }, { type: 'null' }] },
      },
      required: ['title', 'score', 'tags', 'address'],
      ...closed,
    });
  });

  test('says exactly-one-of as any-of', () => {
    const kinds = z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('a'), a: z.string() }),
      z.strictObject({ kind: z.literal('b'), b: z.number() }),
    ]);
    const strict = toStrictSchema(schemaOf(z.strictObject({ item: kinds })));
    expect(JSON.stringify(strict)).toContain('"anyOf"');
    expect(JSON.stringify(strict)).not.toContain('"oneOf"');
  });

  test('follows definitions, also recursive ones', () => {
    const schema = {
      type: 'object',
      properties: { root: { $ref: '#/$defs/Node' } },
      required: ['root'],
      ...closed,
      $defs: {
        Node: {
          type: 'object',
          properties: { children: { type: 'array', items: { $ref: '#/$defs/Node' } } },
          required: ['children'],
          ...closed,
        },
      },
    };
    expect(toStrictSchema(schema)).toEqual(schema);
  });

  test.each<[string, JsonSchema]>([
    ['an optional property', schemaOf(z.strictObject({ a: z.string(), b: z.string().optional() }))],
    ['an open object', schemaOf(z.looseObject({ a: z.string() }))],
    ['an object that does not say that it is closed', { type: 'object', properties: {}, required: [] }],
    ['a record', schemaOf(z.strictObject({ counts: z.record(z.string(), z.number()) }))],
    ['a tuple', schemaOf(z.strictObject({ pair: z.tuple([z.string(), z.number()]) }))],
    ['an intersection', { type: 'object', properties: {}, ...closed, allOf: [{ type: 'object' }] }],
    ['anything at all', schemaOf(z.strictObject({ any: z.any() }))],
    ['a root that is not an object', schemaOf(z.array(z.string()))],
    ['a root that is a choice', schemaOf(z.union([z.strictObject({}), z.strictObject({})]))],
    ['a keyword it does not know', { type: 'object', properties: {}, ...closed, if: {} }],
    ['an open object deep inside', schemaOf(z.strictObject({ list: z.array(z.looseObject({ a: z.string() })) }))],
  ])('does not claim that strict mode can say %s', (_what, schema) => {
    expect(toStrictSchema(schema)).toBeUndefined();
  });
});
