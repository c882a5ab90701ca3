import * as z from 'zod';
import { createSchemaRegistry } from '../../../src/schemas';

const registry = createSchemaRegistry(z);
const outline = registry.get('ResearchOutline');
const good = { title: 'Listening', sections: [{ heading: 'Melody', question: 'What is it?', chapters: [1, 2] }] };
const text = JSON.stringify(good);

const configInvalid = (message: string): Error =>
  expect.objectContaining({ type: 'Config.Invalid', message: expect.stringContaining(message) }) as Error;

describe('createSchemaRegistry', () => {
  test('knows the schemas of the shipped pipelines', () => {
    expect(registry.names).toEqual([
      'ResearchOutline',
      'ResearchSection',
      'ResearchSynthesis',
      'ExtractedDocument',
      'DocumentReview',
      'SupportAnswer',
      'AnswerCheck',
      'BankingIntent',
      'EvalJudgement',
      'SourceAnswer',
      'AgentTurn',
      'Triage',
    ]);
  });

  test('takes schemas of your own by name', () => {
    const own = createSchemaRegistry(z, { Mood: z.strictObject({ mood: z.enum(['good', 'bad']) }) });
    expect(own.get('Mood').parse('{"mood":"good"}')).toEqual({ ok: true, value: { mood: 'good' } });
    expect(own.names).toContain('Mood');
  });

  test.each([
    ['a name that is taken', { ResearchOutline: z.strictObject({}) }, '"ResearchOutline": there is a schema'],
    ['a name no provider takes', { 'my mood': z.strictObject({}) }, '"my mood": a name has'],
    ['a list at the root', { A: z.array(z.string()) }, '"A": (root): must be an object'],
    [
      'an optional key',
      { A: z.strictObject({ b: z.strictObject({ c: z.string().optional() }) }) },
      'b.c: must be required',
    ],
    ['free keys', { A: z.strictObject({ b: z.record(z.string(), z.string()) }) }, 'b: must name all its keys'],
    ['a free value', { A: z.strictObject({ b: z.array(z.unknown()) }) }, 'b[]: must have a type'],
    ['a date', { A: z.strictObject({ b: z.date() }) }, 'Date cannot be represented'],
    ['a transform', { A: z.strictObject({ b: z.string().transform(Number) }) }, 'Transforms cannot be represented'],
  ])('refuses %s when the worker starts, not in the first call', (_, own, message) => {
    expect(() => createSchemaRegistry(z, own)).toThrow(configInvalid(message));
  });

  test.each(['Outline', 'toString', '__proto__', ''])(
    'an unknown schema %p is answered with the known ones',
    (name) => {
      expect(() => registry.get(name)).toThrow(
        configInvalid('known: ResearchOutline, ResearchSection, ResearchSynthesis'),
      );
    },
  );

  test('the hash stands for the schema, not for the process, and changes with a bound', () => {
    expect(createSchemaRegistry(z).get('ResearchOutline').hash).toBe(outline.hash);
    const hashOf = (longest: number): string =>
      createSchemaRegistry(z, { A: z.strictObject({ b: z.string().max(longest) }) }).get('A').hash;
    expect(hashOf(10)).not.toBe(hashOf(11));
    expect(outline.hash).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('jsonSchema', () => {
  const allowed = /^(type|properties|required|additionalProperties|items|enum|const|anyOf|description|\$ref|\$defs)$/;

  test('of every shipped schema has closed objects, required keys and no keyword that a strict mode refuses', () => {
    const check = (node: unknown): void => {
      if (Array.isArray(node)) return node.forEach(check);
      if (typeof node !== 'object' || node === null) return;
      const { properties, ...rest } = node as Record<string, unknown>;
      for (const key of Object.keys(rest)) expect(key).toMatch(allowed);
      if (rest['type'] === 'object') {
        expect(rest['additionalProperties']).toBe(false);
        expect(rest['required']).toEqual(Object.keys(properties as object));
      }
      Object.values(properties ?? {}).forEach(check);
      Object.values(rest).forEach(check);
    };
    for (const name of registry.names) check(registry.get(name).jsonSchema);
  });

  test.each([
    [z.string().min(3).max(9).describe('A word.'), { type: 'string', description: 'A word. (3 to 9 characters)' }],
    [z.array(z.int()).min(2), { type: 'array', items: { type: 'integer' }, description: '(at least 2 items)' }],
    [z.number().max(1), { type: 'number', description: '(at most 1)' }],
    [z.string().nullable(), { anyOf: [{ type: 'string' }, { type: 'null' }] }],
    [z.iso.date(), expect.objectContaining({ type: 'string', description: expect.stringContaining('format: "date"') })],
    [
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('a') }),
        z.strictObject({ kind: z.literal('b') }),
      ]),
      { anyOf: [expect.objectContaining({ type: 'object' }), expect.objectContaining({ type: 'object' })] },
    ],
  ])('says bounds in words and alternatives as anyOf (case %#)', (field, expected) => {
    const { jsonSchema } = createSchemaRegistry(z, { A: z.strictObject({ field }) }).get('A');
    expect((jsonSchema['properties'] as Record<string, unknown>)['field']).toEqual(expected);
  });
});

describe('parse', () => {
  test.each([
    ['plain JSON', text],
    ['a Markdown fence', `\`\`\`json\n${text}\n\`\`\``],
    ['a fence without a language', `\`\`\`\n${text}\n\`\`\``],
    ['a sentence before and after', `Here it is:\n${text}\nI hope this helps {really}.`],
    ['white space around', `\n\n  ${JSON.stringify(good, null, 2)}  \n`],
  ])('reads %s', (_, answer) => {
    expect(outline.parse(answer)).toEqual({ ok: true, value: good });
  });

  test.each([
    ['no JSON at all', 'I cannot do that.', '(whole answer): expected a JSON object'],
    ['null', 'null', '(whole answer): expected a JSON object'],
    ['nothing', '', '(whole answer): expected a JSON object'],
    ['cut JSON', text.slice(0, 40), 'line 1, column 35: the text ends before the JSON is complete'],
    ['a missing comma', '{"title": "x"\n  "sections": []}', 'line 2, column 3: expected "," or "}"'],
    ['a missing field', '{"title":"Listening"}', 'sections: '],
    ['a wrong type deep inside', text.replace('[1,2]', '["one"]'), 'sections.0.chapters.0: '],
    ['an unknown key', text.replace('{', '{"extra":1,'), '(whole answer): Unrecognized key: "extra"'],
    ['a list instead of an object', '[]', '(whole answer): Invalid input: expected object, received array'],
    [
      'a prototype key',
      text.replace('{', '{"__proto__":{"a":1},'),
      'line 1, column 2: the key __proto__ is not allowed',
    ],
    ['an escaped prototype key', '{"\\u005f_proto__":1}', 'line 1, column 2: the key __proto__ is not allowed'],
    ['a constructor key deep inside', '{"title":{"constructor":{}}}', 'line 1, column 11: the key constructor'],
    ['nesting without end', '{"title":'.repeat(500_000 / 9), 'nested deeper than 100 levels'],
  ])('refuses %s and says where', (_, answer, issue) => {
    expect(outline.parse(answer)).toEqual({ ok: false, issues: expect.stringContaining(issue) });
  });

  test('a huge answer is refused by its size, before it is read', () => {
    const issues = '(whole answer): it has 2000001 characters; at most 2000000 are read';
    expect(outline.parse('['.repeat(2_000_001))).toEqual({ ok: false, issues });
  });

  test('hundreds of problems make a bounded message that says how many are left out', () => {
    const wrong = {
      title: 'Listening',
      sections: Array.from({ length: 12 }, () => ({ chapters: Array(20).fill('x') })),
    };
    const parsed = outline.parse(JSON.stringify(wrong));
    const issues = parsed.ok ? '' : parsed.issues;
    expect(issues.length).toBeLessThanOrEqual(2_000);
    expect(issues).toMatch(/\n… and \d+ more$/);
    const shown = issues.split('\n').length - 1;
    expect(Number(/(\d+) more$/.exec(issues)?.[1])).toBe(12 * 22 - shown);
  });
});
