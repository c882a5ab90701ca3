import type { ReasoningEffort } from '../contracts/settings';

/** Share of the output that may go into thinking: it comes out of the same cap as the answer. */
const shareOf: Readonly<Record<Exclude<ReasoningEffort, 'none'>, number>> = {
  minimal: 0.05,
  low: 0.2,
  medium: 0.5,
  high: 0.8,
};

/**
 * The budget, in tokens, for models that take one instead of an effort. At least `least`; undefined when that would
 * leave less than a fifth of `maxOutputTokens` for the answer.
 */
export function thinkingBudget(
  effort: Exclude<ReasoningEffort, 'none'>,
  { maxOutputTokens, least }: { readonly maxOutputTokens: number; readonly least: number },
): number | undefined {
  if (least > maxOutputTokens * shareOf.high) return undefined;
  return Math.max(least, Math.floor(maxOutputTokens * shareOf[effort]));
}
