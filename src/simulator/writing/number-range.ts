/** The numbers a JSON Schema allows, as whole multiples of a step. */
import type { SchemaNode } from './resolve-schema';

export interface NumberRange {
  /** In steps, both ends included. */
  readonly low: number;
  readonly high: number;
  readonly step: number;
}

/** Bounds beyond this stand for "any number", as generators of schemas write them. */
const unbounded = 1e9;
const usualSpan = 100;
const fractionStep = 0.01;

export function rangeOf(type: SchemaNode['type'], bounds: SchemaNode['bounds']): NumberRange {
  const step = bounds.multipleOf ?? (type === 'integer' ? 1 : fractionStep);
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = bounds;
  const lows = [inSteps(minimum, step, Math.ceil), inSteps(exclusiveMinimum, step, (steps) => Math.floor(steps) + 1)];
  const highs = [inSteps(maximum, step, Math.floor), inSteps(exclusiveMaximum, step, (steps) => Math.ceil(steps) - 1)];
  const low = lows.filter((bound) => bound !== undefined).sort((a, b) => b - a)[0];
  const high = highs.filter((bound) => bound !== undefined).sort((a, b) => a - b)[0];
  const span = Math.ceil(usualSpan / step);
  const from = low ?? (high === undefined || high >= 0 ? 0 : high - span);
  return { low: from, high: Math.max(from, high ?? from + span), step };
}

/** Rounding first takes away the noise of binary fractions. */
function inSteps(bound: number | undefined, step: number, round: (steps: number) => number): number | undefined {
  if (bound === undefined || Math.abs(bound) >= unbounded) return undefined;
  return round(Number((bound / step).toFixed(6)));
}
