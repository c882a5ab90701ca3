import { cellName, matrix } from '../../../../bench/capacity/matrix';
import type { Cell } from '../../../../bench/capacity/matrix';
import { bindingUnits, ownInputTokens, planOf } from '../../../../bench/capacity/plan';
import type { Plan } from '../../../../bench/capacity/plan';
import { createPopulation, virtualSizes } from '../../../../bench/capacity/population';
import { readEndpoint } from '../../../../src/simulator';

const seeds = [1, 2, 3];
const populations = seeds.map((seed) => createPopulation(seed, virtualSizes));
const plansOf = (cell: Cell): Plan[] =>
  seeds.map((seed, index) =>
    planOf(cell, { seed, population: populations[index] as Plan['population'], perSecond: 3 }),
  );

function unitsOf(plan: Plan): number[] {
  return plan.population.shapes.map((shape) => {
    const input = ownInputTokens(plan, shape);
    return bindingUnits(plan, { upfront: input + shape.maxOutputTokens, input, output: shape.outputTokens });
  });
}

describe('planOf', () => {
  test('makes endpoints that the simulator takes, for every cell', () => {
    for (const cell of matrix) {
      for (const { provided } of plansOf(cell)) {
        for (const endpoint of provided) expect(() => readEndpoint('x', endpoint)).not.toThrow();
      }
    }
  });

  test('has no request above 5 % of the binding limit, also as the provider counts it', () => {
    const tokenBound = matrix.filter(({ binding }) => binding === 'tokens' || binding === 'output');
    for (const plan of tokenBound.flatMap(plansOf)) {
      expect(Math.max(...unitsOf(plan)) / plan.bindingLimit).toBeLessThanOrEqual(0.05);
    }
  });

  test('offers the binding limit of a minute as often as the overload says', () => {
    for (const plan of matrix.filter(({ binding }) => binding === 'tokens').flatMap(plansOf)) {
      const units = unitsOf(plan);
      const mean = units.reduce((sum, each) => sum + each, 0) / units.length;
      expect((mean * plan.perSecond * 60) / plan.bindingLimit).toBeCloseTo(1, 1);
    }
  });

  test('tells callers of windows of one second, and of no other', () => {
    for (const cell of matrix) {
      const [plan] = plansOf(cell);
      const told = plan?.endpoints.map(({ limits }) => limits.requestWindowMs) ?? [];
      expect([cellName(cell), ...new Set(told)]).toEqual([
        cellName(cell),
        cell.window === 'judged1s' ? 1_000 : undefined,
      ]);
    }
  });
});

describe('createPopulation', () => {
  test('is the same for the same seed', () => {
    expect(createPopulation(7, virtualSizes)).toEqual(createPopulation(7, virtualSizes));
    expect(createPopulation(8, virtualSizes)).not.toEqual(createPopulation(7, virtualSizes));
  });
});
