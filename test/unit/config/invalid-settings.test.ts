import { changed, loadText, minimal, problemsIn } from './load-text';

const endpointKeys =
  'provider, model, family, baseUrl, baseUrlEnv, api, deployment, apiVersion, capabilities, apiKeyEnv, quotaGroup, optional, local, limits, limitProfile, weight, price, contextWindow, maxOutputTokens';
const limitKeys = 'rpm, tpm, inputTpm, outputTpm, rpd, concurrency, requestWindow';
const strategies = 'headroom, priority, weighted, roundRobin, latency, cost, capability or learned';
const durations = 'expected a duration with its unit, such as 250ms, 5s, 2m, 1h or 3d (at most 24d)';

describe('one wrong value', () => {
  test.each([
    ['rpm: 60', 'rpm: many', 'endpoints.east.limits.rpm: expected a whole number > 0, received "many"'],
    ['rpm: 60', 'rpm: 0', 'endpoints.east.limits.rpm: expected a whole number > 0, received 0'],
    ['rpm: 60', 'rpm: -5', 'endpoints.east.limits.rpm: expected a whole number > 0, received -5'],
    ['rpm: 60', 'rpm: 1.5', 'endpoints.east.limits.rpm: expected a whole number > 0, received 1.5'],
    ['rpm: 60', 'rpm: .inf', 'endpoints.east.limits.rpm: expected a whole number > 0, received Infinity'],
    ['rpm: 60', 'rpm: .nan', 'endpoints.east.limits.rpm: expected a whole number > 0, received NaN'],
    ['rpm: 60', 'rpm:', 'endpoints.east.limits.rpm: expected a whole number > 0, received nothing'],
    ['rpm: 60', 'rpm: [1, 2]', 'endpoints.east.limits.rpm: expected a whole number > 0, received a list of 2'],
    ['rpm: 60', 'rpm: 1_0', 'endpoints.east.limits.rpm: expected a whole number > 0, received "1_0"'],
    [
      '{ rpm: 60 }',
      '{}',
      'endpoints.east.limits: expected at least one of rpm, tpm, inputTpm, outputTpm, rpd, concurrency',
    ],
    ['{ rpm: 60 }', '60', `endpoints.east.limits: expected a map with ${limitKeys}, received 60`],
    ['rpm: 60', 'rpmm: 60', 'endpoints.east.limits: unknown key "rpmm", did you mean "rpm"?'],
    ['rpm: 60', 'rpm: 60, zone: 1', `endpoints.east.limits: unknown key "zone", expected one of ${limitKeys}`],
    ['rpm: 60', 'inputTpm: 0', 'endpoints.east.limits.inputTpm: expected a whole number > 0, received 0'],
    ['rpm: 60', 'rpm: 60, requestWindow: 5s', 'endpoints.east.limits.requestWindow: expected 1s or 10s, received "5s"'],
    [
      'rpm: 60',
      'tpm: 60, requestWindow: 1s',
      'endpoints.east.limits.requestWindow: expected together with rpm: it is the window that rpm is judged on',
    ],
    [
      'rpm: 60',
      'requestWindow: 1s',
      'endpoints.east.limits: expected at least one of rpm, tpm, inputTpm, outputTpm, rpd, concurrency',
    ],
    [
      'provider: openai',
      'provider: openai\n    limitProfile: gcp',
      'endpoints.east.limitProfile: expected openai, azure, anthropic, gemini or selfHosted, received "gcp"',
    ],
    ['provider: openai', 'provider: openai\n    weight: 0', 'endpoints.east.weight: expected a number > 0, received 0'],
    [
      'provider: openai',
      'provider: openai\n    weight: .inf',
      'endpoints.east.weight: expected a number > 0, received Infinity',
    ],
    ['apiKeyEnv: EAST', 'apiKeyenv: EAST', 'endpoints.east: unknown key "apiKeyenv", did you mean "apiKeyEnv"?'],
    [
      'provider: openai',
      'provider: azure',
      'endpoints.east.provider: expected openai, azure-openai, anthropic, gemini or openai-compatible, received "azure"',
    ],
    [
      'input: 1',
      'input: -1',
      'endpoints.east.price.input: expected US dollars per million tokens, a number >= 0, received -1',
    ],
    [
      'Window: 1000',
      'Window: 1000\n    maxOutputTokens: 1001',
      'endpoints.east.maxOutputTokens: expected at most the contextWindow (1000), received 1001',
    ],
    ['optional: true', 'optional: maybe', 'endpoints.west.optional: expected true or false, received "maybe"'],
    [
      '  east:',
      '  "ea/st":',
      'endpoints["ea/st"]: expected a name of letters, digits, ".", "_" and "-" (at most 64) in endpoints, received "ea/st"',
    ],
    ['[east]', '[]', 'pools.fast.endpoints: expected one endpoint or more, received an empty list'],
    ['[east]', '[eats]', 'pools.fast.endpoints[0]: unknown endpoint "eats", did you mean "east"?'],
    ['[east]', '[east, east]', 'pools.fast.endpoints[1]: endpoint "east" is in this pool already'],
    [
      '{ endpoints: [east] }',
      '{ route: cheapest, endpoints: [east] }',
      `pools.fast.route: expected ${strategies}, received "cheapest"`,
    ],
    [
      '{ endpoints: [east] }',
      '{ route: 1, endpoints: [east] }',
      'pools.fast.route: expected a map with by, spillAfter, received 1',
    ],
    [
      '{ endpoints: [east] }',
      '{ route: { by: cheapest }, endpoints: [east] }',
      `pools.fast.route.by: expected ${strategies}, received "cheapest"`,
    ],
    [
      '{ endpoints: [east] }',
      '{ route: { spillAfter: 1s }, endpoints: [east] }',
      `pools.fast.route.by: is missing, expected ${strategies}`,
    ],
    [
      '{ endpoints: [east] }',
      '{ route: { by: priority, spillafter: 1s }, endpoints: [east] }',
      'pools.fast.route: unknown key "spillafter", did you mean "spillAfter"?',
    ],
    [
      '{ endpoints: [east] }',
      '{ route: { by: priority, spillAfter: 500 }, endpoints: [east] }',
      `pools.fast.route.spillAfter: expected 0s or ${durations.replace('expected ', '')}, received 500`,
    ],
    [
      '{ endpoints: [east] }',
      '{ onStoreDown: unlimited, endpoints: [east] }',
      'pools.fast.onStoreDown: expected localShare or wait, received "unlimited"',
    ],
    [
      '{ endpoints: [east] }',
      '{ overload: {}, endpoints: [east] }',
      'pools.fast.overload: expected at least one of expectedWait, backlog',
    ],
    [
      '{ endpoints: [east] }',
      '{ overload: { backlog: 0 }, endpoints: [east] }',
      'pools.fast.overload.backlog: expected a whole number > 0, received 0',
    ],
    ['pool: fast', 'pool: fats', 'steps.greet.tiers[0].pool: unknown pool "fats", did you mean "fast"?'],
    [
      'pool: large, variant: claude',
      'pool: fast',
      'steps.greet.tiers[1]: the same pool and variant as an earlier tier',
    ],
    [
      '[{ pool: fast }, { pool: large, variant: claude }]',
      '[]',
      'steps.greet.tiers: expected one to three tiers that call a model',
    ],
    [
      '{ pool: fast },',
      '{ pool: fast }, { pool: fast, variant: b }, { pool: fast, variant: c },',
      'steps.greet.tiers: expected one to three tiers that call a model',
    ],
    [
      'greet@1',
      'greet',
      'steps.greet.prompt: expected a prompt and its version, such as research/outline@1, received "greet"',
    ],
    [
      'greet@1',
      '../etc@1',
      'steps.greet.prompt: expected a prompt and its version, such as research/outline@1, received "../etc@1"',
    ],
    ['tiers:', 'lane: night\n    tiers:', 'steps.greet.lane: expected interactive or batch, received "night"'],
    ['tiers:', 'timeouts: { idle: 5 }\n    tiers:', `steps.greet.timeouts.idle: ${durations}, received 5`],
    ['tiers:', 'timeouts: { idle: 5 s }\n    tiers:', `steps.greet.timeouts.idle: ${durations}, received "5 s"`],
    ['tiers:', 'timeouts: { idle: 0s }\n    tiers:', `steps.greet.timeouts.idle: ${durations}, received "0s"`],
    ['tiers:', 'timeouts: { step: 30d }\n    tiers:', `steps.greet.timeouts.step: ${durations}, received "30d"`],
    [
      'tiers:',
      'timeouts: { call: 3m }\n    tiers:',
      'steps.greet.timeouts.call: expected at most the step timeout (120s), received 180s',
    ],
    [
      'tiers:',
      'parameters: { temperature: 3 }\n    tiers:',
      'steps.greet.parameters.temperature: expected a number from 0 to 2, received 3',
    ],
    [
      'tiers:',
      'maximumAttempts: 0\n    tiers:',
      'steps.greet.maximumAttempts: expected a whole number > 0, received 0',
    ],
    [
      'pools:',
      'capacity: { jitter: -1ms }\npools:',
      `capacity.jitter: expected 0s or ${durations.replace('expected ', '')}, received "-1ms"`,
    ],
    [
      'pools:',
      'capacity: { retryBudget: { share: 2 } }\npools:',
      'capacity.retryBudget.share: expected a number from 0 to 1, received 2',
    ],
    [
      'tiers:',
      'complexity: { score: 2 }\n    tiers:',
      'steps.greet.complexity.score: expected a number from 0 to 1, received 2',
    ],
    [
      'pools:',
      'capacity: { minimumShare: { batch: 1.5 } }\npools:',
      'capacity.minimumShare.batch: expected a number from 0 to 1, received 1.5',
    ],
    [
      'pools:',
      'capacity: { interactiveFloor: -1 }\npools:',
      'capacity.interactiveFloor: expected a number from 0 to 1, received -1',
    ],
    [
      'pools:',
      'capacity: { tenants: { acme: { weight: 0 } } }\npools:',
      'capacity.tenants.acme.weight: expected a number > 0, received 0',
    ],
    [
      'pools:',
      'capacity: { tenants: { acme: { priority: gold } } }\npools:',
      'capacity.tenants.acme.priority: expected premium or standard, received "gold"',
    ],
    [
      'pools:',
      'capacity: { tenants: { "a b": {} } }\npools:',
      'capacity.tenants["a b"]: expected a name of letters, digits and ". _ @ + = -" (at most 200) in tenants, received "a b"',
    ],
    [
      'pools:',
      'capacity: { onStoreDown: { batch: go } }\npools:',
      'capacity.onStoreDown.batch: expected localShare or wait, received "go"',
    ],
    [
      'pools:',
      'capacity: { limitsVersion: 0 }\npools:',
      'capacity.limitsVersion: expected a whole number > 0, received 0',
    ],
    ['pools:', 'pool:', 'pools: is missing, expected a map from names to pools'],
  ])('%s → %s', (from, to, expected) => {
    expect(problemsIn(changed(from, to))).toContain(expected);
  });

  test('limits that differ within a quota group are refused, also of an endpoint that is left out', () => {
    const text = changed('limits: { tpm: 5_000 }', 'quotaGroup: east\n    limits: { rpm: 61 }');
    const expected = ['endpoints.west.limits: expected the limits of east, which shares the quota group "east"'];
    expect(problemsIn(text)).toEqual(expected);
    expect(problemsIn(text, { EAST_KEY: 'key' })).toEqual(expected);
  });

  test('an unknown key without a near one lists those that exist', () => {
    expect(problemsIn(changed('model: gpt-5', 'model: gpt-5\n    zone: eu'))).toEqual([
      `endpoints.east: unknown key "zone", expected one of ${endpointKeys}`,
    ]);
  });

  test('every problem has its own line', () => {
    expect(problemsIn(changed('rpm: 60', 'rpm: x').replace('provider: anthropic', 'provider: y'))).toHaveLength(2);
  });

  test('thousands of problems are counted, not printed', () => {
    const tiers = Array.from({ length: 2000 }, (_, index) => `k${index}: 1`).join(', ');
    const lines = problemsIn(changed('[east]', `[${Array.from({ length: 2000 }, () => '{}').join(',')}]`));
    expect(lines).toHaveLength(41);
    expect(lines[40]).toBe('and 1960 problems more');
    expect(problemsIn(`${minimal}\nextra: { ${tiers} }`)).toHaveLength(1);
  });
});

describe('addresses', () => {
  const withUrl = (url: string) => changed('apiKeyEnv: EAST_KEY', `apiKeyEnv: EAST_KEY\n    baseUrl: ${url}`);

  test.each([
    ['https://api.example.com/v1'],
    ['http://127.0.0.1:8080/v1'],
    ['http://localhost:8080'],
    ['http://[::1]:8080'],
    ['http://model.internal:8000\n    local: true'],
  ])('%s is fine', (url) => {
    expect(loadText(withUrl(url)).endpoints['east']?.baseUrl).toBe(url.split('\n')[0]);
  });

  test.each([
    [
      'http://api.example.com',
      'expected https, received http to api.example.com; only this machine, or an endpoint with "local: true", may use http',
    ],
    [
      'http://127.0.0.1.example.com',
      'expected https, received http to 127.0.0.1.example.com; only this machine, or an endpoint with "local: true", may use http',
    ],
    [
      'https://user:hunter2@example.com',
      'the URL must not carry credentials; the key belongs into the variable named in apiKeyEnv',
    ],
    ['https://example.com?key=hunter2', 'the URL must not have a query or fragment'],
    ['"https://example.com#hunter2"', 'the URL must not have a query or fragment'],
    ['ftp://example.com', 'expected a URL such as https://api.example.com/v1'],
    ['example.com', 'expected a URL such as https://api.example.com/v1'],
    ['file:///etc/passwd', 'expected a URL such as https://api.example.com/v1'],
  ])('%s is refused', (url, expected) => {
    expect(problemsIn(withUrl(url))).toEqual([`endpoints.east.baseUrl: ${expected}`]);
  });

  test('baseUrl and baseUrlEnv exclude each other', () => {
    const text = withUrl('https://example.com\n    baseUrlEnv: EAST_URL');
    expect(problemsIn(text, { EAST_KEY: 'k', WEST_KEY: 'k', EAST_URL: 'https://example.com' })).toEqual([
      'endpoints.east: expected baseUrl or baseUrlEnv, received both',
    ]);
  });
});

describe('secrets', () => {
  const secret = 'sk-ant-api03-Zm9vYmFyYmF6cXV4';

  test.each([
    ['in place of its name', 'apiKeyEnv: EAST_KEY', `apiKeyEnv: ${secret}`],
    ['under a key of its own', 'apiKeyEnv: EAST_KEY', `apiKeyEnv: EAST_KEY\n    apiKey: ${secret}`],
    ['in place of a number', 'rpm: 60', `rpm: ${secret}`],
    ['in place of a section', '{ rpm: 60 }', secret],
    ['in a broken line', 'apiKeyEnv: EAST_KEY', `apiKeyEnv: "${secret}`],
    ['in a URL', 'apiKeyEnv: EAST_KEY', `apiKeyEnv: EAST_KEY\n    baseUrl: ftp://${secret}`],
  ])('a secret pasted %s is not repeated', (_, from, to) => {
    expect(problemsIn(changed(from, to)).join('\n')).not.toContain('Zm9v');
  });
});

describe('YAML', () => {
  test.each([
    [
      'a: [1, 2\nb: 3',
      'line 2, column 1: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['a: 1\nb: 2\na: 3', 'line 3, column 1: Map keys must be unique'],
    ['a: 1\n\tb: 2', /^line 2, column 1: /],
    ['a: *nothing', 'Unresolved alias (the anchor must be set before the alias): nothing'],
    ['a: !secret x', 'line 1, column 4: Unresolved tag: !secret'],
    ['--- 1\n--- 2', /^line 2, column 1: Source contains multiple documents/],
    ['? [a]\n: b', /^line 1, column 3: /],
    ['__proto__: { a: 1 }', 'line 1, column 1: the key "__proto__" is not allowed'],
    ['', 'the file is empty; expected endpoints, pools and steps'],
    [
      '# only a comment',
      'expected a map with endpoints, pools, steps, embeddings, capacity, journal, defaults, received nothing',
    ],
    [
      'just text',
      'expected a map with endpoints, pools, steps, embeddings, capacity, journal, defaults, received "just text"',
    ],
  ])('%j is refused with its place', (text, expected) => {
    expect(problemsIn(text)[0]).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
  });

  test('a __proto__ key deep inside is refused as well', () => {
    expect(problemsIn(changed('  fast:', '  __proto__: { endpoints: [east] }\n  fast:'))[0]).toMatch(/"__proto__"/);
  });

  test('a tower of aliases is refused before it unfolds', () => {
    const floors = ['a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]'];
    for (const [below, name] of [...'abcdefghij'].map((letter, index, all) => [letter, all[index + 1]] as const)) {
      if (name !== undefined) floors.push(`${name}: &${name} [${Array(9).fill(`*${below}`).join(', ')}]`);
    }
    expect(problemsIn(floors.join('\n'))).toEqual(['Excessive alias count indicates a resource exhaustion attack']);
  });

  test('nesting without end is refused', () => {
    expect(problemsIn('['.repeat(50_000))[0]).toMatch(/^line 1, column \d+: /);
  });

  test('a file of another size class is refused unread', () => {
    expect(problemsIn('#'.repeat(1024 * 1024 + 1))).toEqual(['expected at most 1048576 bytes, received 1048577']);
  });

  test('bytes that are no text are refused', () => {
    expect(problemsIn(Buffer.from([0xff, 0xfe, 0x00, 0x41, 0x00])).length).toBeGreaterThan(0);
  });
});
