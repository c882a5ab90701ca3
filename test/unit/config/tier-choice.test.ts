import { checkReferences } from '../../../src/config/check-references';
import { isModelTier } from '../../../src/contracts/settings';
import type { Settings } from '../../../src/contracts/settings';
import { changed, keys, loadText, problemsIn } from './load-text';

const plain = 'tiers: [{ pool: fast }, { pool: large, variant: claude }]';
const withTiers = (tiers: string, text?: string) => changed(plain, `tiers: ${tiers}`, text);
const tiersOf = (text: string, environment = keys) => loadText(text, environment).steps['greet']?.tiers;
const choiceOf = (settings: Settings) => settings.steps['greet']?.tiers.filter(isModelTier)[0]?.choice;

describe('a tier that chooses between pools', () => {
  test('lists its options smallest first, with the default thresholds', () => {
    const text = withTiers(
      '[{ choose: capability, pools: { extended: { pool: large, variant: claude }, small: fast } }]',
    );
    expect(tiersOf(text)).toEqual([
      {
        pool: 'fast',
        choice: {
          by: 'capability',
          options: [
            { size: 'small', pool: 'fast' },
            { size: 'extended', pool: 'large', variant: 'claude' },
          ],
          thresholds: { standard: 0.3, extended: 0.7 },
        },
      },
    ]);
  });

  test('takes thresholds and hints of the file', () => {
    const text = withTiers(
      '[{ choose: cost, pools: { small: fast, standard: large }, thresholds: { standard: 0.1 } }, { pool: fast }]',
    ).replace('prompt: greet@1', 'prompt: greet@1\n    complexity: { severalSteps: true, tools: false, score: 0.9 }');
    const settings = loadText(text);
    const step = settings.steps['greet'];
    expect(choiceOf(settings)?.thresholds).toEqual({ standard: 0.1, extended: 0.7 });
    expect(step?.tiers[1]).toEqual({ pool: 'fast' });
    expect(step?.complexity).toEqual({ severalSteps: true, tools: false, score: 0.9 });
  });

  const optionalEast = changed('apiKeyEnv: EAST_KEY', 'apiKeyEnv: EAST_KEY\n    optional: true');

  test('loses an option whose pool cannot be used, with a warning', () => {
    const text = withTiers(
      '[{ choose: capability, pools: { small: fast, standard: large, extended: third } }]',
    ).replace('pools:\n', 'pools:\n  third: { endpoints: [east, west] }\n');
    const settings = loadText(text, { EAST_KEY: 'key' });
    expect(choiceOf(settings)?.options.map(({ pool }) => pool)).toEqual(['fast', 'third']);
    expect(settings.warnings[1]).toMatch(
      /: steps\.greet\.tiers\[0\]\.pools\.standard: left out: no endpoint of pool "large" can be used$/,
    );
  });

  test('becomes a plain tier when one option is left', () => {
    const text = withTiers(
      '[{ choose: latency, needs: 5s, pools: { small: fast, standard: { pool: large, variant: claude } } }]',
      optionalEast,
    );
    expect(tiersOf(text, { EAST_KEY: 'key' })).toEqual([{ pool: 'fast', needsMs: 5000 }]);
    expect(tiersOf(text, { WEST_KEY: 'key' })).toEqual([{ pool: 'large', variant: 'claude', needsMs: 5000 }]);
  });

  test('is left out with all of its pools', () => {
    const text = withTiers(
      '[{ choose: learned, pools: { small: large, standard: { pool: large, variant: claude } } }, { pool: fast }]',
    );
    const settings = loadText(text, { EAST_KEY: 'key' });
    expect(settings.steps['greet']?.tiers).toEqual([{ pool: 'fast' }]);
    expect(settings.warnings.slice(1).map((line) => line.replace(/^.*?yaml: /, ''))).toEqual([
      'steps.greet.tiers[0]: left out: no endpoint of pool "large" can be used',
    ]);
  });

  test('names every variable that would help when no tier is left', () => {
    const text = withTiers('[{ choose: learned, pools: { small: fast, standard: large } }]', optionalEast);
    expect(problemsIn(text, {})).toEqual([
      'steps.greet.tiers: no tier can be used; set EAST_KEY (east), or WEST_KEY (west)',
    ]);
  });

  test.each([
    [
      '{ choose: cheap, pools: { small: fast, standard: large } }',
      '.choose: expected capability, cost, latency or learned, received "cheap"',
    ],
    [
      '{ pools: { small: fast, standard: large } }',
      '.choose: is missing, expected capability, cost, latency or learned',
    ],
    [
      '{ choose: cost, pools: { small: fast } }',
      '.pools: expected the pools of at least two of small, standard, extended',
    ],
    [
      '{ choose: cost, pools: { small: fast, big: large } }',
      '.pools: unknown key "big", expected one of small, standard, extended',
    ],
    [
      '{ choose: cost, pools: { small: fats, standard: large } }',
      '.pools.small: unknown pool "fats", did you mean "fast"?',
    ],
    [
      '{ choose: cost, pools: { small: fast, standard: { pool: lagre } } }',
      '.pools.standard: unknown pool "lagre", did you mean "large"?',
    ],
    [
      '{ choose: cost, pools: { small: fast, standard: fast } }',
      '.pools.standard: the same pool and variant as a smaller size',
    ],
    [
      '{ choose: cost, pools: { small: fast, standard: 3 } }',
      '.pools.standard: expected a map with pool, variant, received 3',
    ],
    [
      '{ choose: cost, variant: b, pools: { small: fast, standard: large } }',
      ': unknown key "variant", expected one of choose, pools, thresholds, needs',
    ],
    [
      '{ choose: cost, pools: { small: fast, standard: large }, thresholds: { standard: 0.9 } }',
      '.thresholds: expected the threshold of standard to be at most that of extended',
    ],
    [
      '{ choose: cost, pools: { small: fast, standard: large }, thresholds: { standard: 2 } }',
      '.thresholds.standard: expected a number from 0 to 1, received 2',
    ],
    ['3', ': expected a map with pool, variant, needs, received 3'],
  ])('%s is refused', (tier, expected) => {
    expect(problemsIn(withTiers(`[${tier}]`))).toContain(`steps.greet.tiers[0]${expected}`);
  });

  test('the same choice twice is refused, whatever time each needs', () => {
    const tier = '{ choose: cost, pools: { small: fast, standard: large } }';
    const slower = '{ choose: cost, pools: { small: fast, standard: large }, needs: 5s }';
    expect(problemsIn(withTiers(`[${tier}, ${slower}]`))).toEqual([
      'steps.greet.tiers[1]: the same pool and variant as an earlier tier',
    ]);
  });

  test('warns of every option whose variant the prompt has not', () => {
    const text = withTiers('[{ choose: cost, pools: { small: fast, standard: { pool: large, variant: claude } } }]');
    const known = { schemaOfPrompt: () => undefined, schemaExists: () => true };
    const check = (variants: string[]) => checkReferences(loadText(text), { ...known, variantsOf: () => variants });
    expect(check(['default', 'claude'])).toEqual([]);
    expect(check(['default'])).toEqual([expect.stringMatching(/steps\.greet\.tiers\[0\]: .*no variant "claude"/)]);
  });
});
