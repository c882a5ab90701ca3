import { checkReferences } from '../../../src/config/check-references';
import { changed, keys, loadText, problemsIn } from './load-text';

const plain = 'tiers: [{ pool: fast }, { pool: large, variant: claude }]';
const withTiers = (tiers: string, text?: string) => changed(plain, `tiers: ${tiers}`, text);
const greet = (text: string, environment = keys) => loadText(text, environment).steps['greet'];
const warningsIn = (text: string, environment = keys) =>
  loadText(text, environment).warnings.map((line) => line.replace(/^.*?yaml: /, ''));
const durations = 'expected a duration with its unit, such as 250ms, 5s, 2m, 1h or 3d (at most 24d)';

describe('tiers with a time of their own', () => {
  test('are read with their times in milliseconds', () => {
    const tiers = `[
      { pool: fast },
      { batch: fast, within: 24h, variant: small, gather: 10s },
      { deferred: large, within: 6h, tell: [webhook, slack] },
      { human: clerks, deadline: 2d, remind: [1d, 2h], notify: [email], title: Please read this }]`;
    expect(greet(withTiers(tiers))?.tiers.slice(1)).toEqual([
      { batch: 'fast', variant: 'small', withinMs: 86_400_000, gatherMs: 10_000 },
      { deferred: 'large', withinMs: 21_600_000, tell: ['webhook', 'slack'] },
      {
        human: 'clerks',
        deadlineMs: 172_800_000,
        remindMs: [86_400_000, 7_200_000],
        notify: ['email'],
        title: 'Please read this',
      },
    ]);
  });

  test('a batch gathers for half a minute unless it says otherwise', () => {
    expect(greet(withTiers('[{ batch: fast, within: 1h }]'))?.tiers).toEqual([
      { batch: 'fast', withinMs: 3_600_000, gatherMs: 30_000 },
    ]);
  });

  test.each([
    ['[{ human: clerks, deadline: 1d }]', ': expected one to three tiers that call a model'],
    [
      '[{ pool: fast }, { pool: large }, { batch: fast, within: 1h }, { deferred: fast, within: 1h }]',
      ': expected one to three tiers that call a model',
    ],
    ['[{ pool: fast }, { human: a, deadline: 1d }, { human: b, deadline: 1d }]', ': expected at most one human tier'],
    ['[{ batch: fast, within: 1h }, { batch: large, within: 1h }]', ': expected at most one batch tier'],
    ['[{ deferred: fast, within: 1h }, { deferred: large, within: 1h }]', ': expected at most one deferred tier'],
    ['[{ deferred: fats, within: 1h }]', '[0].deferred: unknown pool "fats", did you mean "fast"?'],
    ['[{ batch: fats, within: 1h }]', '[0].batch: unknown pool "fats", did you mean "fast"?'],
    ['[{ batch: fast }]', `[0].within: is missing, ${durations}`],
    ['[{ pool: fast }, { human: clerks }]', `[1].deadline: is missing, ${durations}`],
    ['[{ batch: fast, within: 8d }]', '[0].within: expected at most journal.ttl (604800s), received 691200s'],
    ['[{ deferred: fast, within: 8d }]', '[0].within: expected at most journal.ttl (604800s), received 691200s'],
    ['[{ batch: fast, within: 1m, gather: 2m }]', '[0].gather: expected at most within (60s), received 120s'],
    [
      '[{ pool: fast }, { human: clerks, deadline: 1h, remind: [2h], notify: [slack] }]',
      '[1].remind[0]: expected at most the deadline (3600s), received 7200s',
    ],
    [
      '[{ pool: fast }, { human: clerks, deadline: 1h, remind: [10m] }]',
      '[1].remind: expected together with notify, the channels that tell people',
    ],
    [
      '[{ pool: fast }, { human: clerks, deadline: 1h, notify: [pager] }]',
      '[1].notify[0]: expected webhook, slack or email, received "pager"',
    ],
    ['[{ deferred: fast, within: 1h, tell: [email] }]', '[0].tell[0]: expected webhook or slack, received "email"'],
    [
      '[{ deferred: fast, within: 1h, tell: [] }]',
      '[0].tell: expected a list of channels, some of webhook, slack, received an empty list',
    ],
    [
      '[{ batch: fast, within: 1h, deadline: 1h }]',
      '[0]: unknown key "deadline", expected one of batch, variant, within, gather',
    ],
  ])('%s is refused', (tiers, expected) => {
    expect(problemsIn(withTiers(tiers))).toEqual([`steps.greet.tiers${expected}`]);
  });

  const compatible = changed(
    'provider: openai\n    model: gpt-5',
    'provider: openai-compatible\n    baseUrl: https://own.example\n    model: gpt-5',
  );

  test('a batch tier is refused on a pool that can never take a batch', () => {
    expect(problemsIn(withTiers('[{ batch: fast, within: 1h }]', compatible))).toEqual([
      'steps.greet.tiers[0].batch: no endpoint of pool "fast" has a batch interface; those of openai and anthropic have',
    ]);
  });

  test('a batch tier says which endpoints of its pool it passes over', () => {
    const mixed = changed('fast: { endpoints: [east] }', 'fast: { endpoints: [east, west] }', compatible);
    const text = withTiers('[{ pool: fast }, { batch: fast, within: 1h }]', mixed);
    expect(warningsIn(text)).toEqual([
      'steps.greet.tiers[1]: no batch goes to east: only openai and anthropic have a batch interface',
    ]);
    expect(warningsIn(text, { EAST_KEY: 'key' })).toContain(
      'steps.greet.tiers[1]: left out: no endpoint of pool "fast" that has a batch interface can be used',
    );
  });

  test('a tier whose pool cannot be used is left out, and a person alone is no ladder', () => {
    const text = withTiers('[{ pool: fast }, { deferred: large, within: 1h }, { human: clerks, deadline: 1h }]');
    expect(greet(text, { EAST_KEY: 'key' })?.tiers.map((tier) => Object.keys(tier)[0])).toEqual(['pool', 'human']);
    expect(
      problemsIn(withTiers('[{ batch: large, within: 1h }, { human: a, deadline: 1h }]'), { EAST_KEY: 'k' }),
    ).toEqual(['steps.greet.tiers: no tier can be used; set WEST_KEY (west)']);
  });

  test('wants a prompt for its models like any tier that calls one', () => {
    const settings = loadText(withTiers('[{ deferred: large, within: 1h, variant: claude }]'));
    const known = { variantsOf: () => ['default'], schemaOfPrompt: () => undefined, schemaExists: () => true };
    expect(checkReferences(settings, known)).toEqual([
      expect.stringContaining('steps.greet.tiers[0]: the prompt has no variant "claude"'),
    ]);
  });
});

describe('a move to a kind of tier', () => {
  const withMove = (move: string, tiers: string) =>
    withTiers(tiers).replace('prompt: greet@1', `prompt: greet@1\n    onFailure: { Llm.ContentFiltered: ${move} }`);

  test('may name every kind there is further down', () => {
    const tiers = '[{ pool: fast }, { batch: fast, within: 1h }, { human: clerks, deadline: 1h }]';
    expect(greet(withMove('human', tiers))?.onFailure).toEqual({ 'Llm.ContentFiltered': 'human' });
  });

  test.each([
    ['human', '[{ pool: fast }]', 'there is no human tier to go to; add one, or say next or fail'],
    [
      'cached',
      '[{ cached: 1h }, { pool: fast }]',
      'the cached tier is the first one, and a step never goes back up; expected one further down',
    ],
  ])('%s of %s is refused', (move, tiers, expected) => {
    expect(problemsIn(withMove(move, tiers))).toEqual([`steps.greet.onFailure.Llm.ContentFiltered: ${expected}`]);
  });
});

describe('degradeWhen', () => {
  const withPolicy = (policy: string) =>
    changed('fast: { endpoints: [east] }', `fast: { endpoints: [east], degradeWhen: ${policy} }`);

  test('is read in milliseconds', () => {
    expect(loadText(withPolicy('{ expectedWait: 20s, breakers: any }')).pools['fast']?.degradeWhen).toEqual({
      expectedWaitMs: 20_000,
      breakers: 'any',
    });
  });

  test.each([
    ['{}', ': expected at least one of expectedWait, breakers'],
    ['{ breakers: most }', '.breakers: expected all or any, received "most"'],
  ])('%s is refused', (policy, expected) => {
    expect(problemsIn(withPolicy(policy))).toEqual([`pools.fast.degradeWhen${expected}`]);
  });
});
