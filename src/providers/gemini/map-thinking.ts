/**
 * `reasoningEffort` in the words of each generation of models:
 *
 * - 2.5: a budget of tokens, out of the same cap as the answer; 0 turns it off, but not on Pro;
 * - from 3: a level, and none is off. `MINIMAL` only some Flash models take, `MEDIUM` all but the first Pro.
 *
 * Either one sent to the other generation is a 400. Source: ai.google.dev/gemini-api/docs/thinking.
 */
import type { ThinkingConfig } from '@google/genai';
import { ThinkingLevel } from '@google/genai';
import type { ReasoningEffort } from '../../contracts/settings';
import { thinkingBudget } from '../thinking-budget';
import { isBeforeGemini3 } from './generation';

const takesMinimal = /gemini-3(?:\.[1-6])?-flash(?!.*-image)/;
const refusesMedium = /gemini-3-pro/;

const cannotTurnOff = /gemini-2\.5-pro/;
/** Budgets below the first are refused by Flash-Lite, below the second by Pro; above the last by Flash. */
const leastBudget = { flash: 512, pro: 128 };
const largestBudget = 24_576;

export function mapThinking(effort: ReasoningEffort, model: string, maxOutputTokens: number): ThinkingConfig {
  return isBeforeGemini3(model)
    ? { thinkingBudget: budgetOf(effort, model, maxOutputTokens) }
    : { thinkingLevel: levelOf(effort, model) };
}

function budgetOf(effort: ReasoningEffort, model: string, maxOutputTokens: number): number {
  const off = cannotTurnOff.test(model) ? leastBudget.pro : 0;
  if (effort === 'none') return off;
  const least = cannotTurnOff.test(model) ? leastBudget.pro : leastBudget.flash;
  return Math.min(thinkingBudget(effort, { maxOutputTokens, least }) ?? off, largestBudget);
}

function levelOf(effort: ReasoningEffort, model: string): ThinkingLevel {
  switch (effort) {
    case 'none':
    case 'minimal':
      return takesMinimal.test(model) ? ThinkingLevel.MINIMAL : ThinkingLevel.LOW;
    case 'low':
      return ThinkingLevel.LOW;
    case 'medium':
      return refusesMedium.test(model) ? ThinkingLevel.HIGH : ThinkingLevel.MEDIUM;
    case 'high':
      return ThinkingLevel.HIGH;
  }
}
