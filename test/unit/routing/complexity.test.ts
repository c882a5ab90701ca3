import { defaults } from '../../../src/config/defaults';
import { complexityOf, defaultThresholds, modelSizeFor } from '../../../src/routing/complexity';

describe('complexityOf', () => {
  test.each([
    ['an empty text', { characters: 0, isStructured: false }, 0, 'small'],
    ['a short text', { characters: 2_000, isStructured: false }, 0.2, 'small'],
    ['a long text', { characters: 3_000, isStructured: false }, 0.3, 'standard'],
    ['the longest text', { characters: 5_000_000, isStructured: false }, 0.3, 'standard'],
    ['a short structured answer', { characters: 500, isStructured: true }, 0.25, 'small'],
    ['a longer structured answer', { characters: 1_000, isStructured: true }, 0.3, 'standard'],
    ['several steps', { characters: 0, isStructured: false, hints: { severalSteps: true } }, 0.2, 'small'],
    [
      'steps and tools',
      { characters: 0, isStructured: false, hints: { severalSteps: true, tools: true } },
      0.4,
      'standard',
    ],
    [
      'hints that say no',
      { characters: 0, isStructured: false, hints: { severalSteps: false, tools: false } },
      0,
      'small',
    ],
    [
      'two properties and a long text',
      { characters: 9_000, isStructured: true, hints: { tools: true } },
      0.7,
      'extended',
    ],
    [
      'everything',
      { characters: 9_000, isStructured: true, hints: { tools: true, severalSteps: true } },
      0.9,
      'extended',
    ],
    ['a hinted score', { characters: 9_000, isStructured: true, hints: { tools: true, score: 0.1 } }, 0.1, 'small'],
    ['a hinted score of 0', { characters: 9_000, isStructured: true, hints: { score: 0 } }, 0, 'small'],
  ])('%s', (_, shape, score, size) => {
    expect(complexityOf(shape)).toBeCloseTo(score, 10);
    expect(modelSizeFor(complexityOf(shape), defaultThresholds)).toBe(size);
  });
});

describe('modelSizeFor', () => {
  test('goes by the thresholds it is given', () => {
    const thresholds = { standard: 0.1, extended: 0.1 };
    expect(modelSizeFor(0.09, thresholds)).toBe('small');
    expect(modelSizeFor(0.1, thresholds)).toBe('extended');
  });

  test('a pool goes by the same thresholds as a tier that sets none', () => {
    expect(defaultThresholds).toEqual(defaults.thresholds);
  });
});
