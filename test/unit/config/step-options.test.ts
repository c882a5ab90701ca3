import { changed, loadText, problemsIn } from './load-text';
import type { Variables } from './load-text';

const plain = 'tiers: [{ pool: fast }, { pool: large, variant: claude }]';
const withTiers = (tiers: string) => changed(plain, `tiers: ${tiers}`);
const withStep = (line: string, text?: string) => changed('    tiers:', `    ${line}\n    tiers:`, text);
const greet = (text: string, environment?: Variables) => loadText(text, environment).steps['greet'];

describe('a cached tier', () => {
  test.each([
    ['first', '[{ cached: 24h }, { pool: fast }]', [{ cachedMs: 86_400_000 }, { pool: 'fast' }]],
    ['last', '[{ pool: fast }, { cached: 90s }]', [{ pool: 'fast' }, { cachedMs: 90_000 }]],
  ])('may stand %s', (_, tiers, expected) => {
    expect(greet(withTiers(tiers))?.tiers).toEqual(expected);
  });

  test('does not count among the three that call a model', () => {
    const tiers = '[{ pool: fast }, { pool: fast, variant: b }, { pool: large }, { cached: 1h }]';
    expect(greet(withTiers(tiers))?.tiers).toHaveLength(4);
  });

  test('alone is no ladder, also when the other tiers cannot be used', () => {
    expect(problemsIn(withTiers('[{ cached: 1h }]'))).toEqual([
      'steps.greet.tiers: expected one to three tiers that call a model',
    ]);
    expect(problemsIn(withTiers('[{ cached: 1h }, { pool: large }]'), { EAST_KEY: 'key' })).toEqual([
      'steps.greet.tiers: no tier can be used; set WEST_KEY (west)',
    ]);
  });

  test.each([
    ['[{ cached: 1h }, { pool: fast }, { cached: 2h }]', ': expected at most one cached tier'],
    [
      '[{ cached: 24 }, { pool: fast }]',
      '[0].cached: expected a duration with its unit, such as 250ms, 5s, 2m, 1h or 3d (at most 24d), received 24',
    ],
    ['[{ cached: 24h, needs: 1s }, { pool: fast }]', '[0]: unknown key "needs", expected one of cached'],
    ['[{ cached: 24h, pool: fast }]', '[0]: unknown key "cached", expected one of pool, variant, needs'],
  ])('%s is refused', (tiers, expected) => {
    expect(problemsIn(withTiers(tiers))).toEqual([`steps.greet.tiers${expected}`]);
  });
});

describe('the time a tier needs', () => {
  test('is a part of the tier, not of what makes it another one', () => {
    expect(greet(withTiers('[{ pool: fast, needs: 5s }]'))?.tiers).toEqual([{ pool: 'fast', needsMs: 5000 }]);
    expect(problemsIn(withTiers('[{ pool: fast, needs: 5s }, { pool: fast }]'))).toEqual([
      'steps.greet.tiers[1]: the same pool and variant as an earlier tier',
    ]);
  });

  test('longer than the step has is refused: the tier would never be tried', () => {
    expect(problemsIn(withTiers('[{ pool: fast, needs: 121s }]'))).toEqual([
      'steps.greet.tiers[0].needs: expected at most the step timeout (120s), received 121s',
    ]);
  });
});

describe('stream and background', () => {
  const responses = changed('apiKeyEnv: EAST_KEY', 'apiKeyEnv: EAST_KEY\n    optional: true\n    api: responses');

  test('may both be on', () => {
    const step = greet(withStep('stream: true\n    background: true', responses));
    expect(step).toMatchObject({ stream: true, background: true });
  });

  test('are off when nothing is said', () => {
    expect(greet(changed('greet@1', 'greet@1'))).not.toHaveProperty('stream');
    expect(greet(changed('greet@1', 'greet@1'))).not.toHaveProperty('background');
  });

  test('background is refused where no pool of the step can', () => {
    expect(problemsIn(withStep('background: true'))).toEqual([
      'steps.greet.background: expected an endpoint with "api: responses" in a pool of its tiers',
    ]);
    expect(greet(withStep('background: false'))?.background).toBe(false);
  });

  test('background without the key of such an endpoint is a warning', () => {
    const settings = loadText(withStep('background: true', responses), { WEST_KEY: 'key' });
    expect(settings.warnings.map((line) => line.replace(/^.*?yaml: /, ''))).toContain(
      'steps.greet.background: without effect: no endpoint with "api: responses" can be used (east)',
    );
  });
});

describe('tools', () => {
  const input = '{ type: object, properties: { city: { type: string } }, required: [city] }';
  const withTools = (tools: string) => withStep(`tools: ${tools}`);

  test('become definitions, in the order of the file', () => {
    const step = greet(
      withTools(`{ weather: { description: Of a city., input: ${input} }, now: { description: The time, input: { type: object } } }
    maxToolRounds: 3`),
    );
    expect(step?.tools).toEqual([
      {
        name: 'weather',
        description: 'Of a city.',
        inputSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      },
      { name: 'now', description: 'The time', inputSchema: { type: 'object' } },
    ]);
    expect(step?.maxToolRounds).toBe(3);
  });

  const tool = (schema: string) => `{ t: { description: d, input: ${schema} } }`;
  const many = (count: number) =>
    `{ ${Array.from({ length: count }, (_, index) => `t${index}: { description: d, input: { type: object } }`).join(', ')} }`;

  test('at most 64 of them', () => {
    expect(greet(withTools(many(64)))?.tools).toHaveLength(64);
    expect(problemsIn(withTools(many(65)))).toEqual(['steps.greet.tools: expected one to 64 tools']);
  });

  test.each([
    ['{}', ': expected one to 64 tools'],
    ['[]', ': expected a map from names to tools, received an empty list'],
    [
      '{ 1st: { description: d, input: { type: object } } }',
      '.1st: expected a name of letters, digits, "_" and "-" (at most 64) in tools, received "1st"',
    ],
    [
      '{ t: { input: { type: object } } }',
      '.t.description: is missing, expected what the tool does, in 1 to 1,024 characters',
    ],
    [
      `{ t: { description: ${'x'.repeat(1025)}, input: { type: object } } }`,
      '.t.description: expected what the tool does, in 1 to 1,024 characters, received a text of 1025 characters',
    ],
    ['{ t: { description: d } }', '.t.input: expected a JSON Schema, a map with "type: object"'],
    [tool('string'), '.t.input: expected a JSON Schema, a map with "type: object"'],
    [tool('[]'), '.t.input: expected a JSON Schema, a map with "type: object"'],
    [tool('{}'), '.t.input.type: expected object: arguments of a tool have names'],
    [tool('{ type: string }'), '.t.input.type: expected object: arguments of a tool have names'],
    [tool('{ type: object, properties: [] }'), '.t.input.properties: expected a map from names to schemas'],
    [tool('{ type: object, properties: { a: 1 } }'), '.t.input.properties.a: expected a schema'],
    [tool('{ type: object, required: a }'), '.t.input.required: expected a list of names'],
    [
      tool('{ type: object, properties: { a: {} }, required: [a, b] }'),
      '.t.input.required[1]: expected a name among the properties',
    ],
    [
      tool('{ type: object, properties: { a: { maximum: .inf } } }'),
      '.t.input.properties.a.maximum: expected a number, received Infinity',
    ],
    [tool('&s { type: object, properties: { a: *s } }'), '.t.input.properties: expected at most 32 levels'],
  ])('%s is refused', (tools, expected) => {
    expect(problemsIn(withTools(tools))).toEqual([`steps.greet.tools${expected}`]);
  });

  test.each([
    [
      'maxToolRounds: 0\n    tools: { t: { description: d, input: { type: object } } }',
      'expected a whole number from 1 to 100, received 0',
    ],
    ['maxToolRounds: 3', 'expected together with tools'],
  ])('%j is refused', (lines, expected) => {
    expect(problemsIn(withStep(lines))).toEqual([`steps.greet.maxToolRounds: ${expected}`]);
  });
});

describe('reasoningEffort', () => {
  test('of a step and of all', () => {
    const text = withStep('parameters: { reasoningEffort: none }');
    const settings = loadText(`${text}\ndefaults: { parameters: { reasoningEffort: high } }`);
    expect(settings.steps['greet']?.parameters).toEqual({ reasoningEffort: 'none' });
    expect(settings.defaults.parameters.reasoningEffort).toBe('high');
  });

  test('is one of five', () => {
    expect(problemsIn(withStep('parameters: { reasoningEffort: max }'))).toEqual([
      'steps.greet.parameters.reasoningEffort: expected none, minimal, low, medium or high, received "max"',
    ]);
  });
});

describe('the budget of a tenant', () => {
  const withTenant = (budget: string) =>
    changed('pools:', `capacity: { tenants: { acme: { budget: ${budget} } } }\npools:`);

  test('is in money, in tokens or in both', () => {
    const text = changed(
      'pools:',
      `capacity:
  tenants: { acme: { budget: { per: month, usd: 99.5, tokens: 2_000_000 } } }
  defaultTenant: { budget: { per: day, tokens: 1 } }
pools:`,
    );
    const { tenants, defaultTenant } = loadText(text).capacity;
    expect(tenants['acme']?.budget).toEqual({ per: 'month', usd: 99.5, tokens: 2_000_000 });
    expect(defaultTenant.budget).toEqual({ per: 'day', tokens: 1 });
  });

  test.each([
    ['{ per: day }', ': expected at least one of usd, tokens'],
    ['{ usd: 1 }', '.per: is missing, expected day or month'],
    ['{ per: week, usd: 1 }', '.per: expected day or month, received "week"'],
    ['{ per: day, usd: 0 }', '.usd: expected US dollars, a number > 0, received 0'],
    ['{ per: day, usd: -1 }', '.usd: expected US dollars, a number > 0, received -1'],
    ['{ per: day, usd: .inf }', '.usd: expected US dollars, a number > 0, received Infinity'],
    ['{ per: day, usd: .nan }', '.usd: expected US dollars, a number > 0, received NaN'],
    ['{ per: day, tokens: 0 }', '.tokens: expected a whole number > 0, received 0'],
    ['{ per: day, tokens: 1.5 }', '.tokens: expected a whole number > 0, received 1.5'],
    ['{ per: day, eur: 1 }', ': unknown key "eur", expected one of per, usd, tokens'],
  ])('%s is refused', (budget, expected) => {
    expect(problemsIn(withTenant(budget))).toContain(`capacity.tenants.acme.budget${expected}`);
  });
});

describe('journal.ttl', () => {
  test('is at least the time of every step', () => {
    const text = (ttl: string) => `${withStep('timeouts: { step: 2h }')}\njournal: { ttl: ${ttl} }`;
    expect(loadText(text('2h')).journalTtlMs).toBe(7_200_000);
    expect(problemsIn(text('1h'))).toEqual([
      'steps.greet.timeouts.step: expected at most journal.ttl (3600s), received 7200s',
    ]);
  });
});
