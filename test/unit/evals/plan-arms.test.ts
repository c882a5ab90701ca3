import { planArms, planMatrix } from '../../../src/evals';
import type { ArmChoice } from '../../../src/evals';
import { planningWith, stepNamed } from './arms';

const ladder = stepNamed('s', {
  output: 'Known',
  stream: true,
  tiers: [{ cachedMs: 1 }, { pool: 'fast' }, { pool: 'large' }, { pool: 'fast', variant: 'small' }],
});
const planning = planningWith(ladder, stepNamed('tools', { tools: [] }));
const plan = (choice: Partial<ArmChoice>) => planArms({ target: 's', ...choice }, planning);
const names = (choice: Partial<ArmChoice>) => plan(choice).map(({ name, tier }) => [name, tier]);

describe('planArms', () => {
  test('a step as it stands: every tier that calls a model, with the variant it sends', () => {
    expect(names({})).toEqual([
      ['s:fast/default', 1],
      ['s:large/claude', 2],
      ['s:fast/small', 3],
    ]);
  });

  test('variants on the pool of the first tier', () => {
    expect(names({ variants: ['small', 'claude'] })).toEqual([
      ['s:fast/small', 3],
      ['s:fast/claude', undefined],
    ]);
  });

  test('pools, each with the variant it would get', () => {
    expect(names({ pools: ['large', 'mixed'] })).toEqual([
      ['s:large/claude', 2],
      ['s:mixed/default', undefined],
    ]);
  });

  test('single endpoints of a pool', () => {
    const arms = plan({ endpoints: ['west', 'east'], pools: ['mixed'], variants: ['default'] });
    expect(arms.map(({ name, pool, endpoint }) => [name, pool, endpoint])).toEqual([
      ['s:mixed:west/default', 'mixed', 'west'],
      ['s:mixed:east/default', 'mixed', 'east'],
    ]);
  });

  test('an arm is the step with this tier alone, in the batch lane, followed by nobody', () => {
    const [arm] = plan({ variants: ['small'] });
    expect(arm?.step).toMatchObject({ lane: 'batch', output: 'Known', tiers: [{ pool: 'fast', variant: 'small' }] });
    expect(arm?.step.stream).toBeUndefined();
  });

  test('a prompt by itself: all its variants on the pool that is named, by the schema it declares', () => {
    const arms = planArms({ target: 'p@1', pools: ['fast'], variants: ['default', 'small'] }, planning);
    expect(arms.map(({ name, step }) => [name, step.output])).toEqual([
      ['p@1:fast/default', 'Known'],
      ['p@1:fast/small', 'Known'],
    ]);
  });

  test.each<[Partial<ArmChoice>, string]>([
    [{ target: 'nope' }, 'there is no step or prompt "nope" (known: s, tools, p@1, q@1)'],
    [{ target: 'p@1' }, 'p@1 is a prompt: say with --pool which models are to be asked'],
    [{ target: 'tools' }, 'tools calls tools: an eval judges one answer'],
    [{ variants: ['tiny'] }, 'prompt p@1 has no variant "tiny" (known: default, claude, small)'],
    [{ pools: ['slow'] }, 'there is no pool "slow" that can be used (known: fast, large, mixed)'],
    [{ endpoints: ['north'] }, 'no pool that can be used has the endpoint "north" (known: east, west)'],
    [{ endpoints: ['west'], pools: ['fast'] }, 'none of fast has the endpoint "west"'],
    [{ target: 'toString' }, 'there is no step or prompt "toString"'],
  ])('refuses %j', (choice, says) => {
    expect(() => plan(choice)).toThrow(
      expect.objectContaining({ type: 'Config.Invalid', message: expect.stringContaining(says) }),
    );
  });
});

describe('planMatrix', () => {
  test('every pool of the ladder with every variant, and which of them the step itself sends', () => {
    const arms = planMatrix('s', undefined, planning);
    expect(arms.map(({ name, tier }) => [name, tier])).toEqual([
      ['s:fast/default', 1],
      ['s:fast/claude', undefined],
      ['s:fast/small', 3],
      ['s:large/default', undefined],
      ['s:large/claude', 2],
      ['s:large/small', undefined],
    ]);
    expect(planMatrix('s', ['small'], planning).map(({ name }) => name)).toEqual(['s:fast/small', 's:large/small']);
  });
});
