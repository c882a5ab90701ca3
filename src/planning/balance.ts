/**
 * Spreads flows of calls over quotas the way the engine does: a call goes where it can start first, so the endpoints
 * that a flow may use fill up to one common level. Each flow in turn is poured into what the others have left, until
 * nothing moves any more. All numbers are per minute, so a load and its spread scale together.
 */
import type { LimitDimension } from '../contracts/settings';

/** Amount per dimension; an absent one is not limited, or not asked for. */
export type Amounts = Readonly<Partial<Record<LimitDimension, number>>>;

/** One way for a flow: which quota it draws on, and how much of it one call per minute takes. */
export interface Route {
  readonly quotaGroup: string;
  readonly perCall: Amounts;
}

export interface Flow {
  readonly callsPerMinute: number;
  /** At least one; each quota group once. */
  readonly routes: readonly Route[];
}

/** Calls per minute by flow and route. */
export type Spread = readonly (readonly number[])[];

type Load = Map<string, Partial<Record<LimitDimension, number>>>;

const mostRounds = 200;
/** Of a flow; far below what anybody measures. */
const tolerance = 1e-9;
const bisections = 60;

/** `usable` is what each quota group can take per dimension. */
export function balance(flows: readonly Flow[], usable: ReadonlyMap<string, Amounts>): Spread {
  const spread = flows.map(({ routes }) => routes.map(() => 0));
  const load: Load = new Map();
  for (let round = 0; round < mostRounds; round++) {
    let moved = 0;
    for (const [index, flow] of flows.entries()) {
      const before = spread[index] ?? [];
      addToLoad(load, flow, negative(before));
      const after = pour(flow, load, usable);
      addToLoad(load, flow, after);
      spread[index] = after;
      const most = Math.max(...after.map((rate, route) => Math.abs(rate - (before[route] ?? 0))));
      moved = Math.max(moved, most / Math.max(flow.callsPerMinute, tolerance));
    }
    if (moved < tolerance) break;
  }
  return spread;
}

/** What a spread asks of each quota group. */
export function loadOf(flows: readonly Flow[], spread: Spread): ReadonlyMap<string, Amounts> {
  const load: Load = new Map();
  for (const [index, flow] of flows.entries()) addToLoad(load, flow, spread[index] ?? []);
  return load;
}

function addToLoad(load: Load, { routes }: Flow, rates: readonly number[]): void {
  for (const [index, { quotaGroup, perCall }] of routes.entries()) {
    const group = load.get(quotaGroup) ?? {};
    for (const [dimension, amount] of entriesOf(perCall)) {
      group[dimension] = (group[dimension] ?? 0) + amount * (rates[index] ?? 0);
    }
    load.set(quotaGroup, group);
  }
}

/** The lowest common level at which the routes together take the whole flow. */
function pour({ callsPerMinute, routes }: Flow, load: Load, usable: ReadonlyMap<string, Amounts>): number[] {
  const ratesAt = (level: number): number[] =>
    routes.map(({ quotaGroup, perCall }) => {
      const taken = load.get(quotaGroup) ?? {};
      const rooms = entriesOf(usable.get(quotaGroup) ?? {})
        .filter(([dimension]) => (perCall[dimension] ?? 0) > 0)
        .map(([dimension, most]) => (level * most - (taken[dimension] ?? 0)) / (perCall[dimension] ?? 1));
      return Math.max(0, Math.min(...rooms));
    });
  const unlimited = ratesAt(1).map((rate) => rate === Infinity);
  const ways = unlimited.filter(Boolean).length;
  if (ways > 0) return unlimited.map((is) => (is ? callsPerMinute / ways : 0));
  const takenAt = (level: number): number => sum(ratesAt(level));
  let high = 1;
  while (takenAt(high) < callsPerMinute) high *= 2;
  let low = 0;
  for (let step = 0; step < bisections; step++) {
    const middle = (low + high) / 2;
    if (takenAt(middle) < callsPerMinute) low = middle;
    else high = middle;
  }
  const rates = ratesAt(high);
  const total = sum(rates);
  return rates.map((rate) => (total > 0 ? (rate / total) * callsPerMinute : 0));
}

function negative(rates: readonly number[]): number[] {
  return rates.map((rate) => -rate);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

export function entriesOf(amounts: Amounts): [LimitDimension, number][] {
  return Object.entries(amounts) as [LimitDimension, number][];
}
