/** A load spread over the quotas, and how full each becomes. */
import type { Limits } from '../contracts/settings';
import { balance, loadOf } from './balance';
import type { Amounts, Spread } from './balance';
import { flowsOf } from './flows';
import type { PlannedFlow } from './flows';
import type { Binding, PlanInput, QuotaUse } from './plan';
import { limitsOf, usableOf } from './usable';

/** Levels this close together are one. */
const sameLevel = 1e-3;

export interface Solution {
  readonly flows: readonly PlannedFlow[];
  /** Calls per minute by flow and route. */
  readonly spread: Spread;
  readonly uses: ReadonlyMap<string, readonly QuotaUse[]>;
  readonly binding: Binding | null;
  /** How often the whole load fits into the quotas; Infinity where no limit is known. */
  readonly scale: number;
}

export interface SolveOptions {
  /** False: as if quotas per day did not exist. */
  readonly withDaily: boolean;
}

export function solve(input: PlanInput, { withDaily }: SolveOptions = { withDaily: true }): Solution {
  const flows = flowsOf(input);
  const limitsOfGroup = new Map(
    flows.flatMap(({ routes }) => routes.map(({ quotaGroup, limits }) => [quotaGroup, limits] as const)),
  );
  const usable = new Map(
    [...limitsOfGroup].map(([group, limits]) => {
      const { rpd, ...perMinute } = usableOf(limits, input.requestsPerMinute);
      return [group, withDaily && rpd !== undefined ? { ...perMinute, rpd } : perMinute];
    }),
  );
  const spread = balance(flows, usable);
  const load = loadOf(flows, spread);
  const uses = new Map(
    [...limitsOfGroup].map(([group, limits]) => {
      const parts = { limits, usable: usable.get(group) ?? {}, load: load.get(group) ?? {} };
      return [group, usesOf(parts)];
    }),
  );
  const level = Math.max(0, ...[...uses.values()].flat().map(levelOf));
  const binding = level > 0 ? bindingOf({ flows, spread, uses, level }) : null;
  return { flows, spread, uses, binding, scale: level > 0 ? 1 / level : Infinity };
}

interface GroupParts {
  readonly limits: Limits;
  readonly usable: Amounts;
  readonly load: Amounts;
}

function usesOf({ limits, usable, load }: GroupParts): QuotaUse[] {
  return limitsOf(limits).flatMap(([dimension, limit]) => {
    const most = usable[dimension];
    const demand = load[dimension];
    // Not asked for (output tokens of a provider that counts none), or not known (concurrency without a duration).
    if (most === undefined || demand === undefined || demand === 0) return [];
    return [{ dimension, limit, usable: most, demand, use: demand / limit }];
  });
}

function levelOf({ demand, usable }: QuotaUse): number {
  return demand / usable;
}

type Levels = Pick<Solution, 'flows' | 'spread' | 'uses'> & { readonly level: number };

function bindingOf({ flows, spread, uses, level }: Levels): Binding {
  const quotas = [...uses].flatMap(([quotaGroup, group]) =>
    group.filter((use) => levelOf(use) >= level * (1 - sameLevel)).map(({ dimension }) => ({ quotaGroup, dimension })),
  );
  const full = new Set(quotas.map(({ quotaGroup }) => quotaGroup));
  const held = flows.filter(({ routes }, index) =>
    routes.some(({ quotaGroup }, route) => full.has(quotaGroup) && (spread[index]?.[route] ?? 0) > 0),
  );
  return { quotas, pools: [...new Set(held.map(({ call }) => call.pool))] };
}
