import { priceAt } from '../../../src/contracts/usage';
import { changed, keys, loadText, problemsIn } from './load-text';

/** The first endpoint of the smallest configuration, as another provider's. */
const east = (lines: string) =>
  changed(
    `    provider: openai
    model: gpt-5
    apiKeyEnv: EAST_KEY
`,
    `    model: m-1
${lines}
`,
  );
const azure = '    provider: azure-openai\n    apiKeyEnv: EAST_KEY\n    baseUrl: https://acme.openai.azure.com';
const own = '    provider: openai-compatible\n    local: true\n    baseUrl: http://gpu.internal:8000/v1';

describe('an endpoint of each provider', () => {
  test.each([
    ['openai', '    provider: openai\n    apiKeyEnv: EAST_KEY\n    api: responses', 'openai', { api: 'responses' }],
    ['gemini', '    provider: gemini\n    apiKeyEnv: EAST_KEY', 'gemini', {}],
    ['openai-compatible', own, 'selfHosted', { baseUrl: 'http://gpu.internal:8000/v1' }],
    [
      'azure-openai',
      `${azure}\n    api: chat\n    deployment: main_1\n    apiVersion: 2025-04-01-preview`,
      'azure',
      {
        api: 'chat',
        deployment: 'main_1',
        apiVersion: '2025-04-01-preview',
        baseUrl: 'https://acme.openai.azure.com',
      },
    ],
  ])('%s counts as its provider does', (provider, lines, limitProfile, fields) => {
    expect(loadText(east(lines)).endpoints['east']).toMatchObject({ provider, limitProfile, ...fields });
  });

  test('an API version that YAML could take for a day stays a text', () => {
    const endpoint = loadText(east(`${azure}\n    apiVersion: 2024-10-21`)).endpoints['east'];
    expect(endpoint?.apiVersion).toBe('2024-10-21');
  });

  test('capabilities say only what differs', () => {
    const endpoint = loadText(east(`${own}\n    capabilities: { images: true, schema: false }`)).endpoints['east'];
    expect(endpoint?.capabilities).toEqual({ images: true, schema: false });
  });

  test('the address of Azure may stand in the environment', () => {
    const lines = azure.replace('baseUrl: https://acme.openai.azure.com', 'baseUrlEnv: EAST_URL');
    const endpoint = loadText(east(lines), { ...keys, EAST_URL: 'https://acme.openai.azure.com' }).endpoints['east'];
    expect(endpoint?.baseUrl).toBe('https://acme.openai.azure.com');
  });

  test('a server of one’s own needs no key, and may have one', () => {
    expect(loadText(east(own)).endpoints['east']).not.toHaveProperty('apiKeyEnv');
    expect(loadText(east(`${own}\n    apiKeyEnv: EAST_KEY`)).endpoints['east']?.apiKeyEnv).toBe('EAST_KEY');
  });

  test('behind an address of one’s own, calls may be counted in any way', () => {
    const endpoint = loadText(east(`${own}\n    limitProfile: anthropic`)).endpoints['east'];
    expect(endpoint?.limitProfile).toBe('anthropic');
  });

  test.each([
    [
      '    provider: azure-openai\n    apiKeyEnv: EAST_KEY',
      'baseUrl: is missing, expected an address such as https://<resource>.openai.azure.com, here or by baseUrlEnv',
    ],
    [
      '    provider: openai-compatible\n    local: true',
      'baseUrl: is missing, expected an address such as http://localhost:8000/v1, here or by baseUrlEnv',
    ],
    ['    provider: openai', 'apiKeyEnv: is missing, expected the name of an environment variable'],
    ['    provider: openai\n    local: true', 'apiKeyEnv: is missing, expected the name of an environment variable'],
    [
      '    provider: openai-compatible\n    baseUrl: https://gpu.example.com/v1',
      'apiKeyEnv: is missing, expected the name of an environment variable; a server without a key is marked "local: true"',
    ],
    [
      '    provider: anthropic\n    apiKeyEnv: EAST_KEY\n    api: chat',
      'api: expected only with the provider openai or azure-openai, received with anthropic',
    ],
    [
      '    provider: openai\n    apiKeyEnv: EAST_KEY\n    deployment: main',
      'deployment: expected only with the provider azure-openai, received with openai',
    ],
    [
      `${own}\n    apiVersion: 2024-10-21`,
      'apiVersion: expected only with the provider azure-openai, received with openai-compatible',
    ],
    [
      '    provider: openai\n    apiKeyEnv: EAST_KEY\n    api: assistants',
      'api: expected responses or chat, received "assistants"',
    ],
    [`${azure}\n    apiVersion: v1`, 'apiVersion: expected an API version such as 2025-04-01-preview, received "v1"'],
    [`${azure}\n    deployment: a/b`, 'deployment: expected the name of a deployment, received "a/b"'],
    [
      '    provider: gemini\n    apiKeyEnv: EAST_KEY\n    limitProfile: openai',
      "limitProfile: expected gemini at the provider's public address, received openai",
    ],
    [`${own}\n    capabilities: { vision: true }`, /^capabilities: unknown key "vision", expected one of temperature/],
    [`${own}\n    capabilities: { pdf: maybe }`, 'capabilities.pdf: expected true or false, received "maybe"'],
  ])('%j is refused', (lines, expected) => {
    const problems = problemsIn(east(lines)).map((line) => line.replace('endpoints.east.', ''));
    expect(problems).toEqual([typeof expected === 'string' ? expected : expect.stringMatching(expected)]);
  });
});

describe('price', () => {
  const priced = (price: string) => changed('price: { input: 1, output: 2 }', `price: ${price}`);

  test('changes on the days that are listed', () => {
    const text = priced(`
      - { input: 1, output: 2 }
      - { since: 2026-12-01, input: 3, cachedInput: 0.3, output: 4 }
      - { since: "2027-01-01", input: 5, output: 6 }`);
    const endpoint = loadText(text).endpoints['east'];
    if (endpoint === undefined) throw new Error('no endpoint');
    expect(endpoint).toMatchObject({
      price: { input: 1, output: 2 },
      priceChanges: [
        { since: '2026-12-01', input: 3, cachedInput: 0.3, output: 4 },
        { since: '2027-01-01', input: 5, output: 6 },
      ],
    });
    expect(priceAt(endpoint, Date.UTC(2026, 10, 30, 23, 59, 59, 999)).input).toBe(1);
    expect(priceAt(endpoint, Date.UTC(2026, 11, 1)).input).toBe(3);
    expect(priceAt(endpoint, Date.UTC(2027, 5, 1)).input).toBe(5);
  });

  test('a list of one is a price without changes', () => {
    const endpoint = loadText(priced('[{ input: 1, output: 2 }]')).endpoints['east'];
    expect(endpoint?.price).toEqual({ input: 1, output: 2 });
    expect(endpoint).not.toHaveProperty('priceChanges');
  });

  test('is needed', () => {
    const text = changed('    price: { input: 1, output: 2 }\n', '');
    expect(problemsIn(text)).toEqual([
      'endpoints.east.price: is missing, expected a map with input, output, cachedInput, batch',
    ]);
  });

  const first = '{ input: 1, output: 2 }';
  test.each([
    ['[]', ': expected one price or more, received an empty list'],
    ['3', ': expected a map with input, output, cachedInput, batch, received 3'],
    [
      '{ since: 2026-12-01, input: 1, output: 2 }',
      ': unknown key "since", expected one of input, output, cachedInput, batch',
    ],
    [
      '[{ since: 2026-12-01, input: 1, output: 2 }]',
      '[0].since: the first price holds from the start; leave out its day',
    ],
    [`[${first}, ${first}]`, '[1].since: is missing, expected the first day of this price'],
    [
      `[${first}, { since: 1.12.2026, input: 1, output: 2 }]`,
      '[1].since: expected a day such as 2026-12-01, received "1.12.2026"',
    ],
    [
      `[${first}, { since: 20261201, input: 1, output: 2 }]`,
      '[1].since: expected a day such as 2026-12-01, received 20261201',
    ],
    [
      `[${first}, { since: 2027-02-29, input: 1, output: 2 }]`,
      '[1].since: expected a day that there is, such as 2026-12-01',
    ],
    [
      `[${first}, { since: 2026-12-01, input: 1, output: 2 }, { since: 2026-12-01, input: 1, output: 2 }]`,
      '[2].since: expected a day after 2026-12-01, received 2026-12-01',
    ],
    [
      `[${first}, { since: 2026-12-01, input: -1, output: 2 }]`,
      '[1].input: expected US dollars per million tokens, a number >= 0, received -1',
    ],
  ])('%s is refused', (price, expected) => {
    expect(problemsIn(priced(price))).toEqual([`endpoints.east.price${expected}`]);
  });
});
