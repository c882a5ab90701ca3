/** How long the simulated model thinks: by the effort that was asked for, whatever the question. */

export const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof efforts)[number];

export const tokensOfEffort: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 8,
  low: 32,
  medium: 96,
  high: 256,
  xhigh: 512,
  max: 1_024,
};

/** A model does not use up the budget it is given: a sixteenth of it. */
export function tokensOfBudget(budgetTokens: number): number {
  return Math.ceil(budgetTokens / 16);
}

export function isEffort(value: unknown): value is Effort {
  return efforts.some((effort) => effort === value);
}
