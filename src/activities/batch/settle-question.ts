/** What becomes of one question of a batch: its answer in the journal or its failure beside it, and what it has cost. */
import { log } from '@temporalio/activity';
import type { BatchQuestion } from '../../contracts/batch';
import { reservationIdOf } from '../../contracts/ids';
import type { ModelAnswer } from '../../contracts/model';
import type { EndpointSettings } from '../../contracts/settings';
import type { Attempt } from '../../contracts/step';
import { costUsd, priceAt } from '../../contracts/usage';
import { policyOf } from '../../errors/failure-types';
import { HoldfastError } from '../../errors/holdfast-error';
import type { BudgetHold } from '../../journal/budgets';
import type { JournalEntry } from '../../journal/journal';
import { requestFor } from '../build-request';
import { withAttempts } from '../call-output';
import { budgetExceeded, budgetsOf, spendOf, worstCaseOf } from '../check-budget';
import { requestSizeOf } from '../resolve-step';
import type { BatchDependencies } from './batch-dependencies';

export interface Settling {
  readonly deps: BatchDependencies;
  readonly key: string;
  readonly question: BatchQuestion;
  /** With the prices of a batch. Absent = it was sent to none. */
  readonly endpoint?: EndpointSettings;
}

/** More than the journal keeps in one entry. */
const longestEntry = 8 * 1024 * 1024;

/** Throws `Capacity.StoreUnavailable` when the journal does not answer: the results stay at the provider until it does. */
export async function keepAnswer(
  settling: Settling & { endpoint: EndpointSettings },
  answer: ModelAnswer,
): Promise<void> {
  const { deps, question, endpoint } = settling;
  const { text, carried, finishReason, usage, model } = answer;
  const cost = costUsd(usage, priceAt(endpoint, Date.now()));
  const attempt: Attempt = { ...placeOf(settling), outcome: 'succeeded', usage, costUsd: cost };
  const said = { text, ...(carried && { carried }), finishReason };
  const entry: JournalEntry = { ...said, usage, model, costUsd: cost, endpoint: endpoint.name, attempt };
  if (JSON.stringify(entry).length > longestEntry) {
    const message = `${endpoint.name} sent an answer that is larger than the journal keeps`;
    await keepFailure(settling, new HoldfastError('Llm.OutputInvalid', message, { code: 'answer_too_large', usage }));
    return;
  }
  await deps.journal.put(question.journalKey, entry);
  await settleBudget(settling, spendOf(usage, cost));
  deps.estimator.learn(endpoint, { request: requestFor(question.request, endpoint), usage });
}

export async function keepFailure(settling: Settling, failure: HoldfastError): Promise<void> {
  const { deps, key, question, endpoint } = settling;
  const { status, usage } = failure.details;
  const cost = usage && endpoint && costUsd(usage, priceAt(endpoint, Date.now()));
  const attempt: Attempt = {
    ...placeOf(settling),
    outcome: failure.type,
    ...(status !== undefined && { status }),
    ...(usage && cost !== undefined && { usage, costUsd: cost }),
  };
  const told = endpoint === undefined ? failure : withAttempts(failure, [attempt]);
  await deps.board.putFailure(key, { type: told.type, message: told.message, details: told.details });
  if (usage !== undefined && cost !== undefined) await settleBudget(settling, spendOf(usage, cost));
  else if (policyOf(failure.type).outcome === 'unknown' && !wasNotRun(failure)) {
    await settleBudget(settling, endpoint && worstOf(settling, endpoint));
  } else await settleBudget(settling, undefined);
  log.warn('a question of a batch failed', { step: question.id.step, failure: failure.type, message: failure.message });
}

/** Said by the provider of a request it has not come to. */
const unrunCodes = ['batch_expired', 'batch_cancelled'];

function wasNotRun({ details: { code = '' } }: HoldfastError): boolean {
  return unrunCodes.includes(code);
}

/** Holds the worst case of a question in all its budgets. The failure, when one of them cannot pay for it. */
export async function holdBudget(
  settling: Settling & { endpoint: EndpointSettings },
): Promise<HoldfastError | undefined> {
  const hold = holdOf(settling, worstOf(settling, settling.endpoint));
  if (hold.budgets.length === 0) return undefined;
  const answer = await settling.deps.batchBudgets.hold(hold);
  return answer.kind === 'held' ? undefined : budgetExceeded(answer);
}

/** `spend` undefined: it was not run, and costs nothing. */
async function settleBudget(settling: Settling, spend: BudgetHold['spend'] | undefined): Promise<void> {
  const hold = holdOf(settling, spend ?? { usd: 0, tokens: 0 });
  if (hold.budgets.length === 0) return;
  const { batchBudgets } = settling.deps;
  await (spend === undefined ? batchBudgets.release(hold) : batchBudgets.settle(hold));
}

function holdOf({ deps, question }: Settling, spend: BudgetHold['spend']): BudgetHold {
  const { id, tenant, budget } = question;
  return { rid: reservationIdOf(id, 1, 0), tenant, budgets: budgetsOf(deps, { id, tenant, budget }), spend };
}

function worstOf({ deps, question }: Settling, endpoint: EndpointSettings): BudgetHold['spend'] {
  return worstCaseOf(endpoint, requestSizeOf(deps, endpoint, question.request));
}

function placeOf({ question, endpoint }: Settling): Pick<Attempt, 'tier' | 'attempt' | 'hop' | 'endpoint'> {
  return { tier: question.id.tier, attempt: 1, hop: 0, endpoint: endpoint?.name ?? '' };
}
