/** Where a tier may choose between pools: which one a call goes to, decided once, before anything is reserved. */
import { callKeyOf, journalKeyOf } from '../contracts/ids';
import type { ChoicePlan, OpenStepInput, PoolPlan, StepPlan } from '../contracts/step';
import { HoldfastError } from '../errors/holdfast-error';
import { expectedCostOf } from '../routing/expected-cost';
import type { ChoiceOption } from '../routing/router';
import type { ActivityDependencies } from './ports';
import { askingOf, digestRequest, renderRequest, requestPartsOf } from './build-request';
import type { RenderedRequest } from './rendered-request';
import { endpointsOf, fitsWindow, requestSizeOf } from './resolve-step';
import { complexityOfRequest, routerOf } from './route-claim';

export interface Choosing {
  readonly deps: ActivityDependencies;
  readonly input: OpenStepInput;
  readonly plan: StepPlan;
  readonly choice: ChoicePlan;
}

/**
 * An option whose answer is in the journal wins, however the choice would go today: it was paid for. Options whose pool
 * is gone from the config, or whose models the request does not fit, are left out while others remain.
 */
export async function choosePool(choosing: Choosing): Promise<PoolPlan> {
  const { deps, input, plan, choice } = choosing;
  const there = choice.options.filter(({ pool }) => Object.hasOwn(deps.settings.pools, pool));
  const rendered = (there.length > 0 ? there : choice.options).map((option) => renderOption(choosing, option));
  for (const { option, digest } of rendered) {
    const journaled = await deps.journal.get(journalKeyOf(input.id, digest)).catch(() => undefined);
    if (journaled !== undefined) return poolPlanOf(option);
  }
  const weighed = rendered.map((option) => weighOption(deps, option));
  const fitting = weighed.filter(({ fits }) => fits);
  const options = fitting.length > 0 ? fitting : weighed;
  const [first] = options;
  if (first === undefined) throw new HoldfastError('Llm.Internal', `step ${input.id.step}: a choice without options`);
  const index = routerOf(deps).choose({
    choice,
    options,
    complexity: complexityOfRequest(first.request, plan.complexity),
    remainingUsd: input.remainingUsd,
    seed: callKeyOf(input.id),
  });
  return poolPlanOf((options[index] ?? first).plan);
}

type OptionPlan = ChoicePlan['options'][number];

interface RenderedOption {
  readonly option: OptionPlan;
  readonly digest: string;
  readonly request: RenderedRequest;
}

/** Each option has its own prompt variant, hence its own length, tokens and journal key. */
function renderOption({ deps, input, plan }: Choosing, option: OptionPlan): RenderedOption {
  const parts = requestPartsOf(deps, { ...plan, ...option }, askingOf(input));
  const digest = digestRequest(parts);
  return { option, digest, request: renderRequest(parts, digest) };
}

interface WeighedOption extends ChoiceOption {
  readonly plan: OptionPlan;
  readonly request: RenderedRequest;
  readonly fits: boolean;
}

function weighOption(deps: ActivityDependencies, { option, request }: RenderedOption): WeighedOption {
  const { pool, size } = option;
  const endpoints = endpointsOf(deps, pool);
  // The dearest endpoint: which of them will take the call is not known yet.
  const costs = endpoints.map((endpoint) => expectedCostOf(endpoint, requestSizeOf(deps, endpoint, request)));
  const fits = endpoints.some((endpoint) => fitsWindow(deps, endpoint, request));
  return { plan: option, request, fits, pool, size, endpoints, expectedCostUsd: Math.max(...costs) };
}

function poolPlanOf({ pool, variant, parameters, contextWindow }: OptionPlan): PoolPlan {
  return { pool, variant, parameters, contextWindow };
}
