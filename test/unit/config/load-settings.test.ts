import { loadSettings } from '../../../src/config/load-settings';
import { changed, keys, loadText, minimal, problemsIn } from './load-text';

describe('loadSettings', () => {
  test('completes what the file leaves out, durations in milliseconds', () => {
    const { file, ...settings } = loadText(minimal);
    expect(file).toMatch(/holdfast\.yaml$/);
    expect(settings).toEqual({
      endpoints: {
        east: {
          name: 'east',
          provider: 'openai',
          model: 'gpt-5',
          apiKeyEnv: 'EAST_KEY',
          quotaGroup: 'east',
          limits: { rpm: 60 },
          limitProfile: 'openai',
          weight: 1,
          price: { input: 1, output: 2 },
          contextWindow: 1000,
          maxOutputTokens: 1000,
        },
        west: {
          name: 'west',
          provider: 'anthropic',
          model: 'claude-sonnet-5',
          apiKeyEnv: 'WEST_KEY',
          quotaGroup: 'west',
          limits: { tpm: 5000 },
          limitProfile: 'anthropic',
          weight: 1,
          price: { input: 1, output: 2 },
          contextWindow: 2000,
          maxOutputTokens: 2000,
        },
      },
      pools: {
        fast: { name: 'fast', route: { by: 'headroom', spillAfterMs: 0 }, endpoints: ['east'] },
        large: { name: 'large', route: { by: 'headroom', spillAfterMs: 0 }, endpoints: ['west'] },
      },
      steps: {
        greet: {
          name: 'greet',
          prompt: 'greet@1',
          lane: 'interactive',
          timeouts: { connectMs: 5000, firstTokenMs: 20_000, idleMs: 15_000, callMs: 60_000, stepMs: 120_000 },
          maximumAttempts: 3,
          tiers: [{ pool: 'fast' }, { pool: 'large', variant: 'claude' }],
        },
      },
      embeddings: {},
      capacity: {
        maxWaitMs: { interactive: 10_000, batch: 10_000 },
        batchAheadMs: 500,
        batchMinimumShare: 0.1,
        standardMinimumShare: 0.1,
        interactiveFloorShare: 0.1,
        tenants: {},
        defaultTenant: { weight: 1, priority: 'standard' },
        onStoreDown: { interactive: 'localShare', batch: 'wait' },
        limitsVersion: 1,
        leaseMs: 30_000,
        jitterMs: 50,
        retryBudgetShare: 0.1,
        retryBudgetFloor: 10,
      },
      journalTtlMs: 604_800_000,
      defaults: { parameters: { maxOutputTokens: 1024 } },
      warnings: [],
    });
  });

  test('takes over what the file says about limits, routes and tenants', () => {
    const text = changed('{ rpm: 60 }', '{ rpm: 60, inputTpm: 1_000, outputTpm: 500, rpd: 9, requestWindow: 1s }')
      .replace(
        'provider: openai',
        'provider: openai\n    baseUrl: https://gateway.example.com/v1\n    limitProfile: azure\n    weight: 0.5',
      )
      .replace(
        '{ endpoints: [east] }',
        '{ route: { by: priority, spillAfter: 500ms }, onStoreDown: wait, overload: { expectedWait: 2m, backlog: 1_000 }, endpoints: [east] }',
      );
    const settings = loadText(`${text}
capacity:
  batchAhead: 250ms
  minimumShare: { batch: 0.2, standard: 0 }
  interactiveFloor: 0.3
  tenants: { acme: { weight: 3, priority: premium }, ana@beta: { weight: 2 } }
  defaultTenant: { weight: 0.5 }
  onStoreDown: { batch: localShare }
  limitsVersion: 7`);
    expect(settings.endpoints['east']).toMatchObject({
      limits: { rpm: 60, inputTpm: 1000, outputTpm: 500, rpd: 9, requestWindowMs: 1000 },
      limitProfile: 'azure',
      weight: 0.5,
    });
    expect(settings.endpoints['east']?.limits).not.toHaveProperty('requestWindow');
    expect(settings.pools['fast']).toEqual({
      name: 'fast',
      endpoints: ['east'],
      route: { by: 'priority', spillAfterMs: 500 },
      onStoreDown: 'wait',
      overload: { expectedWaitMs: 120_000, backlog: 1000 },
    });
    expect(settings.capacity).toMatchObject({
      batchAheadMs: 250,
      batchMinimumShare: 0.2,
      standardMinimumShare: 0,
      interactiveFloorShare: 0.3,
      tenants: { acme: { weight: 3, priority: 'premium' }, 'ana@beta': { weight: 2, priority: 'standard' } },
      defaultTenant: { weight: 0.5, priority: 'standard' },
      onStoreDown: { interactive: 'localShare', batch: 'localShare' },
      limitsVersion: 7,
    });
  });

  test.each([
    ['latency', { by: 'latency', spillAfterMs: 0 }],
    ['{ by: weighted }', { by: 'weighted', spillAfterMs: 0 }],
  ])('route: %s', (written, route) => {
    const text = changed('{ endpoints: [east] }', `{ route: ${written}, endpoints: [east] }`);
    expect(loadText(text).pools['fast']?.route).toEqual(route);
  });

  test("a step's own values win over the file's defaults, those over the built-in ones", () => {
    const text = `${changed('tiers:', 'lane: batch\n    timeouts: { idle: 1s }\n    tiers:')}
defaults: { timeouts: { idle: 2s, connect: 3s }, maximumAttempts: { batch: 7 } }`;
    const step = loadText(text).steps['greet'];
    expect(step?.timeouts).toMatchObject({ idleMs: 1000, connectMs: 3000, callMs: 60_000 });
    expect(step?.maximumAttempts).toBe(7);
  });

  test('batch steps get more attempts than interactive ones', () => {
    expect(loadText(changed('tiers:', 'lane: batch\n    tiers:')).steps['greet']?.maximumAttempts).toBe(5);
  });

  test('is frozen to the last leaf', () => {
    const settings = loadText(minimal);
    expect(() => Object.assign(settings.endpoints['east']?.limits ?? {}, { rpm: 1 })).toThrow(TypeError);
    expect(() => (settings.pools['fast']?.endpoints as string[]).push('west')).toThrow(TypeError);
    expect(Object.isFrozen(settings.warnings)).toBe(true);
  });

  test('endpoints of one quota group keep their own names and share the group', () => {
    const text = changed('limits: { tpm: 5_000 }', 'quotaGroup: east\n    limits: { rpm: 60 }');
    expect(loadText(text).endpoints['west']?.quotaGroup).toBe('east');
  });

  test('a pool may mix quota groups', () => {
    const pool = loadText(changed('endpoints: [east]', 'endpoints: [east, west]')).pools['fast'];
    expect(pool?.endpoints).toEqual(['east', 'west']);
  });

  test('anchors and aliases share settings', () => {
    const text = changed('limits: { rpm: 60 }', 'limits: &limits { rpm: 60 }').replace('{ tpm: 5_000 }', '*limits');
    expect(loadText(text).endpoints['west']?.limits).toEqual({ rpm: 60 });
  });

  test('names like those of object members are ordinary names', () => {
    const text = minimal.replaceAll('fast', 'constructor');
    expect(loadText(text).steps['greet']?.tiers[0]).toEqual({ pool: 'constructor' });
    expect(problemsIn(changed('pool: fast', 'pool: toString'))).toEqual([
      'steps.greet.tiers[0].pool: unknown pool "toString"',
    ]);
  });

  test('says which file is missing and what to do', () => {
    const load = () => loadSettings({ file: 'nowhere/holdfast.yaml', environment: {} });
    expect(load).toThrow(
      expect.objectContaining({ type: 'Config.Invalid', details: { file: 'nowhere/holdfast.yaml' } }),
    );
    expect(load).toThrow(
      'nowhere/holdfast.yaml: there is no such file; run from the project folder, or give the path of the configuration',
    );
  });

  test('says when the path is not a file', () => {
    expect(() => loadSettings({ file: __dirname, environment: {} })).toThrow(/: the file cannot be read \(EISDIR\)$/);
  });
});

describe('loadSettings with the environment', () => {
  test('takes the address out of the variable the file names', () => {
    const text = changed('apiKeyEnv: EAST_KEY', 'apiKeyEnv: EAST_KEY\n    baseUrlEnv: EAST_URL');
    const settings = loadText(text, { ...keys, EAST_URL: 'https://east.example.com/v1' });
    expect(settings.endpoints['east']?.baseUrl).toBe('https://east.example.com/v1');
    expect(settings.endpoints['east']).not.toHaveProperty('baseUrlEnv');
  });

  test.each([[undefined], [''], ['  ']])('a variable of %p counts as not set', (value) => {
    expect(problemsIn(minimal, { ...keys, EAST_KEY: value })).toEqual([
      'endpoints.east.apiKeyEnv: environment variable EAST_KEY is not set; set it, or mark the endpoint with "optional: true"',
    ]);
  });

  test('leaves out an optional endpoint without its key, with every tier that needs it, and says so', () => {
    const settings = loadText(minimal, { EAST_KEY: 'key' });
    expect(Object.keys(settings.endpoints)).toEqual(['east']);
    expect(Object.keys(settings.pools)).toEqual(['fast']);
    expect(settings.steps['greet']?.tiers).toEqual([{ pool: 'fast' }]);
    expect(settings.warnings.map((line) => line.replace(/^.*?yaml: /, ''))).toEqual([
      'endpoints.west: left out: WEST_KEY not set',
      'steps.greet.tiers[1]: left out: no endpoint of pool "large" can be used',
    ]);
  });

  test('refuses a step that no tier is left for, naming the variables that would help', () => {
    const text = changed('apiKeyEnv: EAST_KEY', 'apiKeyEnv: EAST_KEY\n    baseUrlEnv: EAST_URL\n    optional: true');
    expect(problemsIn(text, {})).toEqual([
      'steps.greet.tiers: no tier can be used; set EAST_URL and EAST_KEY (east), or WEST_KEY (west)',
    ]);
  });

  test.each([
    ['a trailing newline', 'sk-secret-1234567890\n'],
    ['a space inside', 'sk-secret 1234567890'],
    ['a typographic quote', '“sk-secret-1234567890”'],
  ])('refuses a key with %s and does not repeat it', (_, key) => {
    const [line] = problemsIn(minimal, { ...keys, EAST_KEY: key });
    expect(line).toBe(
      'endpoints.east.apiKeyEnv: environment variable EAST_KEY: expected the key alone, without white space or special characters',
    );
  });

  test('a bad address is an error on an optional endpoint too', () => {
    const text = changed('apiKeyEnv: WEST_KEY', 'apiKeyEnv: WEST_KEY\n    baseUrlEnv: WEST_URL');
    expect(problemsIn(text, { ...keys, WEST_URL: 'https://user:hunter2@example.com' })).toEqual([
      'endpoints.west.baseUrlEnv: environment variable WEST_URL: the URL must not carry credentials; the key belongs into the variable named in apiKeyEnv',
    ]);
  });
});
