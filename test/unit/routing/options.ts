import type { RouteContext, RouteOption } from '../../../src/routing/strategy';
import { seededRandom } from '../../../src/routing/seeded-random';

/** An option that differs from its neighbours only in what the test says. */
export function option(name: string, different: Partial<RouteOption> = {}): RouteOption {
  return { name, size: 0, weight: 1, expectedCostUsd: 0.01, ...different };
}

export function context(options: readonly RouteOption[], different: Partial<RouteContext> = {}): RouteContext {
  return { options, wantedSize: 0, random: seededRandom('test'), turn: 0, ...different };
}

/** Names in the order a strategy prefers them. */
export function orderOf(options: readonly RouteOption[], ranks: readonly number[]): string[] {
  return options
    .map(({ name }, index) => ({ name, rank: ranks[index] ?? Number.NaN }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ name }) => name);
}
