/** What a human tier asks. Its parent computes the same, to show what waits in its own status. */
import type { JsonValue } from '../../contracts/json';
import type { HumanTierPlan, TierWorkflowInput } from '../../contracts/step';
import type { ApprovalOptions } from '../primitives/approval-options';

export interface HumanQuestion {
  /** Of the approval: the step, with its occurrence where it has several. */
  readonly name: string;
  readonly options: ApprovalOptions<JsonValue>;
}

export function questionOf(
  input: Pick<TierWorkflowInput, 'plan' | 'tier' | 'occurrence' | 'remainingMs' | 'reason' | 'variables' | 'extras'>,
): HumanQuestion {
  const { plan, tier, occurrence, remainingMs, reason, variables, extras } = input;
  const { human, remindMs, notify, title } = plan.tiers[tier] as HumanTierPlan;
  // The run may have less time left than the tier.
  const remind = remindMs?.filter((ms) => ms < remainingMs) ?? [];
  const attachments = extras?.attachments?.map((one) => (one.kind === 'pdf' ? one.name : one.mediaType));
  return {
    name: occurrence === 0 ? plan.step : `${plan.step}#${occurrence}`,
    options: {
      title: title ?? `${plan.step}${reason && `: ${reason}`}`,
      show: { step: plan.step, ...(reason && { reason }), variables, ...(attachments && { attachments }) },
      allow: ['answer'],
      roles: [human],
      deadline: remainingMs,
      ...(remind.length > 0 && { remind }),
      ...(notify && { notify }),
      ...(plan.output === undefined ? { checkAnswer: problemOfText } : { answerSchema: plan.output }),
    },
  };
}

/** A step without a schema gives text. */
function problemOfText(answer: JsonValue): string | undefined {
  return typeof answer === 'string' ? undefined : `expected text, received ${JSON.stringify(answer).slice(0, 40)}`;
}
