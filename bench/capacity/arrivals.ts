/** Callers who come whether or not there is room for them, and do not stay for ever. */
import type { Lane } from '../../src/contracts/settings';
import { createRandom } from '../../src/simulator/random';
import type { Random } from '../../src/simulator/random';
import { arrivalsPerSecond } from './plan';
import type { Plan } from './plan';
import type { Call } from './world';

/** How long a caller stays before its call has started. Room for two rounds of waiting in both lanes. */
export const patienceMs = { interactive: 15_000, batch: 30_000 } as const satisfies Record<Lane, number>;
const tenants = ['acme', 'borealis', 'cobalt'] as const;

export interface Arrival {
  readonly inMs: number;
  readonly call: (arrivedAt: number) => Call;
}

/** Poisson, for ever. `share`: of all arrivals of the cell, e.g. those of one process among several. */
export function* arrivalsOf(plan: Plan, { id, share = 1 }: { id: string; share?: number }): Generator<Arrival> {
  const random = createRandom('arrivals', plan.seed, plan.cell.overload, id);
  const meanGapMs = 1_000 / (arrivalsPerSecond(plan) * share);
  for (let count = 0; ; count++) {
    const inMs = -Math.log(1 - random.next()) * meanGapMs;
    const drawn = drawCall(plan, random);
    yield { inMs, call: (at) => ({ ...drawn, id: `${id}-${count}`, leavesAt: at + patienceMs[drawn.lane] }) };
  }
}

function drawCall({ population: { shapes } }: Plan, random: Random): Omit<Call, 'id' | 'leavesAt'> {
  const shape = shapes[random.int(0, shapes.length - 1)];
  if (shape === undefined) throw new Error('the population is empty');
  return { shape, lane: random.next() < 0.5 ? 'interactive' : 'batch', tenant: random.pick(tenants) };
}
