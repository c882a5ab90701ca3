/**
 * `reasoningEffort` in the words of each generation of models:
 *
 * - up to 4.5: a budget of tokens (`enabled`), at least 1,024 and below `max_tokens`; off when left out;
 * - from 4.6: the model decides how much (`adaptive`), steered by `output_config.effort`. Up to 4.8 off when left out,
 *   after that on; `none` then takes what the model has for it: `disabled`, `between_tools`, or the least effort.
 *
 * A model nobody has heard of is taken for one of the newest, which refuse a budget and `disabled` with a 400.
 * Source: platform.claude.com/docs/en/build-with-claude/thinking and /effort.
 */
import type Anthropic from '@anthropic-ai/sdk';
import type { ModelRequest } from '../../contracts/model';
import { capabilitiesOf } from '../../contracts/model-capabilities';
import type { EndpointSettings, ReasoningEffort } from '../../contracts/settings';
import { itemsCarriedBy } from '../carried';
import { thinkingBudget } from '../thinking-budget';
import { recordOf } from '../wire-value';

interface Thinking {
  readonly thinking?: Anthropic.ThinkingConfigParam;
  readonly effort?: 'low' | 'medium' | 'high';
}

const leastBudget = 1_024;

const takesBudget = /^claude-(?:3-7-|(?:opus|sonnet|haiku)-4(?:-[0-5])?(?:-\d{8}|-latest)?$)/;
const isOffUnlessAsked = /^claude-(?:opus|sonnet|haiku)-4-/;
const canBeDisabled = /^claude-(?:opus-5|sonnet-5|haiku-5-5)(?:-\d{8})?$/;
const thinksBetweenTools = /^claude-sonnet-5-5/;

const effortOf = { minimal: 'low', low: 'low', medium: 'medium', high: 'high' } as const;

export function mapThinking(request: ModelRequest, endpoint: EndpointSettings, maxTokens: number): Thinking {
  const { reasoningEffort: effort } = request.parameters;
  if (effort === undefined || !capabilitiesOf(endpoint).reasoningEffort) return {};
  if (takesBudget.test(request.model)) return mapBudget(effort, request, { endpoint, maxTokens });
  if (effort === 'none') return turnOff(request.model);
  // Nobody reads the thinking, but it would be carried through every tool turn: `omitted` leaves only its signature.
  return { thinking: { type: 'adaptive', display: 'omitted' }, effort: effortOf[effort] };
}

function mapBudget(
  effort: ReasoningEffort,
  request: ModelRequest,
  { endpoint, maxTokens }: { endpoint: EndpointSettings; maxTokens: number },
): Thinking {
  if (effort === 'none' || lacksThinking(request, endpoint)) return {};
  const budget = thinkingBudget(effort, { maxOutputTokens: maxTokens, least: leastBudget });
  return budget === undefined ? {} : { thinking: { type: 'enabled', budget_tokens: budget, display: 'omitted' } };
}

/** With a budget, every answer that called tools has to begin with its thinking: a 400 otherwise. */
function lacksThinking({ messages }: ModelRequest, endpoint: EndpointSettings): boolean {
  return messages.some((message) => {
    if (message.role !== 'assistant' || (message.toolCalls ?? []).length === 0) return false;
    const [first] = itemsCarriedBy(endpoint, message.carried) ?? [];
    return !['thinking', 'redacted_thinking'].includes(String(recordOf(first)['type']));
  });
}

function turnOff(model: string): Thinking {
  if (isOffUnlessAsked.test(model)) return {};
  if (canBeDisabled.test(model)) return { thinking: { type: 'disabled' } };
  if (thinksBetweenTools.test(model)) return { thinking: { type: 'between_tools' } };
  return { effort: 'low' };
}
