/** Asks a worker what workflow code cannot find out: who the token is of, and whether a value matches its schema. */
import { proxyActivities } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import type { ApprovalActivities } from '../../activities/approval-activities';
import type { CheckDecisionInput, CheckDecisionOutput } from '../../contracts/approval-check';
import type { DecisionInput } from '../../contracts/approval';
import { summaryLine } from '../../contracts/summary-line';
import { rootOf } from '../../errors/root-of';
import type { Refusal } from '../policy/approval-rights';
import { failureOf } from '../policy/failure-of';
import type { ApprovalOptions } from './approval-options';

const { checkDecision } = proxyActivities<ApprovalActivities>({
  startToCloseTimeout: '10 seconds',
  scheduleToCloseTimeout: '1 minute',
});

type Schemas = Pick<ApprovalOptions<unknown>, 'editSchema' | 'answerSchema'>;

export async function check(schemas: Schemas, decision: DecisionInput): Promise<CheckDecisionOutput | CheckFailed> {
  const { approval, by, outcome } = decision;
  const summary = summaryLine(`${approval}: ${outcome} by ${by}`);
  try {
    return await checkDecision.executeWithOptions({ summary }, [checkOf(schemas, decision)]);
  } catch (error) {
    const { type, message } = failureOf(error);
    if (rootOf(error) instanceof ApplicationFailure) return { ok: false, type, message };
    const told = 'no worker has checked the decision in time; send it again';
    return { ok: false, type: 'Service.Unreachable', message: told };
  }
}

type CheckFailed = { readonly ok: false } & Refusal;

function checkOf({ editSchema, answerSchema }: Schemas, decision: DecisionInput): CheckDecisionInput {
  const { approval, by, digest = '', roles, token, outcome } = decision;
  const field = outcome === 'edited' ? 'content' : 'answer';
  const schema = outcome === 'edited' ? editSchema : outcome === 'answered' ? answerSchema : undefined;
  return {
    approval,
    digest,
    by,
    ...(roles !== undefined && { roles }),
    ...(token !== undefined && { token }),
    ...(schema !== undefined && { typed: { field, schema, value: decision[field] ?? null } }),
  };
}
