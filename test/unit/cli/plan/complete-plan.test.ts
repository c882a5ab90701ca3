import type { AskedPipeline } from '../../../../src/cli/plan/asked-plan';
import { completePlan } from '../../../../src/cli/plan/complete-plan';
import { missingKeysNote, poolsWithout } from '../../../../src/cli/plan/counted-endpoints';
import { readPlanningDefaults } from '../../../../src/workers/planning-defaults';
import { shippedPipelines } from '../../../../src/contracts/pipelines/catalogue';

/** The shipped configuration: nothing of the machine's own. */
const { settings, maxOutputTokensOf, chargeOf, requestsPerMinute } = readPlanningDefaults({});
const complete = (...asked: Partial<AskedPipeline>[]) =>
  completePlan(
    asked.map((one) => ({ name: 'research-report', fromUsual: true, calls: [], ...one })),
    { settings, pipelines: shippedPipelines, maxOutputTokensOf },
  );

describe('readPlanningDefaults', () => {
  test('needs no key, and leaves no endpoint out', () => {
    expect(settings.pools['smart']?.endpoints).toEqual(['openai-eastus', 'openai-westus', 'openai-live']);
    expect(settings.warnings).toEqual([]);
  });

  test('charges as each provider does', () => {
    const call = { usage: { inputTokens: 1_000, outputTokens: 300 }, maxOutputTokens: 800 };
    const [openai, anthropic] = [settings.endpoints['openai-live'], settings.endpoints['anthropic-live']];
    if (openai === undefined || anthropic === undefined) throw new Error('the shipped configuration has both');
    expect(chargeOf(openai, call).tokens).toBe(1_800);
    expect(chargeOf(anthropic, call)).toEqual({ tokens: 1_000, inputTokens: 1_000, outputTokens: 300 });
  });

  test('counts on a little less than a limit on requests', () => {
    const share = requestsPerMinute({ rpm: 600 }) / 600;
    expect(share).toBeGreaterThan(0.96);
    expect(share).toBeLessThan(1);
  });
});

describe('completePlan', () => {
  test('starts from the usual calls of a shipped pipeline, in either spelling', () => {
    const [kebab] = complete({ perHour: 120 });
    const [camel] = complete({ name: 'researchReport', perHour: 120 });
    expect(kebab?.calls).toEqual(camel?.calls);
    expect(kebab?.calls.map(({ name, pool, calls, maxOutputTokens }) => [name, pool, calls, maxOutputTokens])).toEqual([
      ['research.outline', 'smart', 1, 1_200],
      ['research.section', 'smart', 5, 1_600],
      ['research.synthesize', 'smart', 1, 2_000],
    ]);
  });

  test('changes only what is said', () => {
    const [planned] = complete({ count: 7, calls: [{ step: 'research.section', calls: 8, outputTokens: 400 }] });
    expect(planned?.calls).toHaveLength(3);
    expect(planned?.calls[1]).toMatchObject({ calls: 8, inputTokens: 2_350, outputTokens: 400, seconds: 8 });
  });

  test('takes the listed steps alone when a file lists them', () => {
    const [planned] = complete({
      fromUsual: false,
      perHour: 3,
      calls: [
        { pool: 'mini', inputTokens: 600, outputTokens: 2_000 },
        { step: 'research.outline', inputTokens: 10 },
      ],
    });
    expect(planned?.calls).toEqual([
      { name: 'mini', pool: 'mini', calls: 1, inputTokens: 600, outputTokens: 2_000, maxOutputTokens: 2_000 },
      {
        name: 'research.outline',
        pool: 'smart',
        calls: 1,
        inputTokens: 10,
        outputTokens: 1_200,
        maxOutputTokens: 1_200,
      },
    ]);
  });

  test('counts on the first tier that calls a model, not on a cached one before it', () => {
    const outline = settings.steps['research.outline'];
    if (outline === undefined) throw new Error('the shipped configuration has it');
    const cached = { ...outline, parameters: {}, tiers: [{ cachedMs: 1_000 }, { pool: 'mini' }] };
    const [planned] = completePlan(
      [{ name: 'mine', perHour: 1, fromUsual: false, calls: [{ step: 'research.outline', inputTokens: 10 }] }],
      { settings: { ...settings, steps: { 'research.outline': cached } }, pipelines: [], maxOutputTokensOf },
    );
    expect(planned?.calls[0]?.pool).toBe('mini');
    expect(maxOutputTokensOf(cached)).toBe(maxOutputTokensOf({ ...cached, tiers: [{ pool: 'mini' }] }));
  });

  const call = { step: 'research.outline', inputTokens: 10 };
  test.each<[string, Partial<AskedPipeline>[], RegExp]>([
    ['no amount', [{}], /research-report: how much of it\? give runs per hour \(--per-hour\)/],
    ['a rate for some only', [{ perHour: 1 }, { count: 1 }], /for all pipelines, or for none/],
    [
      'an unknown pipeline',
      [{ name: 'reserchReport', count: 1 }],
      /nothing is known of .*did you mean "researchReport"/,
    ],
    [
      'an unknown step',
      [{ count: 1, calls: [{ ...call, step: 'research.outlin' }] }],
      /no step "research.outlin" in .*did you mean "research.outline"/,
    ],
    [
      'an unknown pool',
      [{ count: 1, calls: [{ ...call, step: 'mine', pool: 'big' }] }],
      /no pool "big" in .*known: smart, claude, mini/,
    ],
    [
      'no tokens',
      [{ name: 'x', count: 1, calls: [{ step: 'research.section' }] }],
      /x: how many tokens has a call of research.section\? e\.g\. --tokens/,
    ],
    [
      'an answer above its cap',
      [{ count: 1, calls: [{ ...call, outputTokens: 5_000 }] }],
      /research.outline: an answer cannot have 5000 tokens, as maxOutputTokens is 1200/,
    ],
  ])('refuses %s', (_, asked, says) => {
    expect(() => complete(...asked)).toThrow(says);
  });
});

describe('poolsWithout', () => {
  test('takes endpoints out, and pools that have none left', () => {
    expect(poolsWithout(settings, ['openai-live', 'openai-mini'])).toMatchObject({
      smart: { endpoints: ['openai-eastus', 'openai-westus'] },
    });
    expect(Object.keys(poolsWithout(settings, ['openai-mini']))).toEqual(['smart', 'claude', 'embed', 'regional']);
    expect(() => poolsWithout(settings, ['openai-liv'])).toThrow(
      /no endpoint "openai-liv" in .*did you mean "openai-live"/,
    );
  });
});

describe('missingKeysNote', () => {
  const used = ['openai-eastus', 'openai-live'];

  test.each([
    [{ SIM_OPENAI_EASTUS_KEY: 'k', OPENAI_API_KEY: 'k' }, undefined],
    [{ SIM_OPENAI_EASTUS_KEY: 'k' }, /^openai-live counted although no key for them is set here/],
    [{}, /^Endpoints count although no key/],
  ])('with %j', (environment, says) => {
    const note = missingKeysNote(used, settings.endpoints, environment);
    if (says === undefined) expect(note).toBeUndefined();
    else expect(note).toMatch(says);
  });

  test('an endpoint that needs no key lacks none', () => {
    const { apiKeyEnv: _key, ...own } = settings.endpoints['openai-eastus'] ?? {};
    const endpoints = { own } as unknown as typeof settings.endpoints;
    expect(missingKeysNote(['own'], endpoints, {})).toBeUndefined();
  });
});
