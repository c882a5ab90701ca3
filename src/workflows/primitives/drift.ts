/**
 * How far each turn of a guarded loop has strayed from its task:
 *
 *   turn ─▶ what it said ─▶ score (cosine of two embeddings, or a judge's) ─below the limit─▶ on it goes
 *                                      └─at the limit or above─▶ warn │ stop │ ask a person
 *
 * A turn that cannot be scored goes on where the action is to warn, and ends the loop otherwise: a check that is to stop
 * a loop must not be got round by an outage.
 */
import { CancellationScope, isCancellation, log } from '@temporalio/workflow';
import type { Vector } from '../../contracts/embedding';
import type { DriftStatus } from '../../contracts/status';
import type { StepResult } from '../../contracts/step';
import { HoldfastError } from '../../errors/holdfast-error';
import { judgedDrift, problemOfDrift, topicDrift } from '../policy/drift-limits';
import type { DriftAction } from '../policy/drift-limits';
import { itemFailureOf } from '../policy/each-failure';
import { approval } from './approval';
import type { ApprovalOptions } from './approval-options';
import { embed } from './embed';
import { currentRun } from './run-state';
import { step } from './step';

export interface DriftOptions {
  /** What the loop is for, in words; each turn is compared with it. */
  readonly task: string;
  /**
   * `embedding`: a name of `embeddings`; the score is 1 − cosine, so unrelated texts come close to 1 and answers to the
   * task mostly lie between 0.3 and 0.7: try it on a few good runs first. `judge`: a step whose prompt takes `task` and
   * `said`, and whose answer has a `score` from 0 to 1, 1 for a turn that serves the task.
   */
  readonly by: { readonly embedding: string } | { readonly judge: string };
  /** Drift from which on a turn is too far, above 0 to 1. */
  readonly limit: number;
  readonly action: DriftAction;
  /** Of the question to a person: deadline, roles, notify and the like. */
  readonly review?: Partial<Omit<ApprovalOptions<unknown>, 'show' | 'allow' | 'editSchema' | 'checkEdit'>>;
}

type Cost = Pick<StepResult, 'usage' | 'costUsd'>;

/** Characters of a turn's words that are scored: what it is about shows early, and every embedding model takes so many. */
const longestHeard = 8_000;

export class DriftCheck {
  private taskVector: Vector | undefined;

  /** Throws `Pipeline.InvalidInput` for options that make no sense. */
  constructor(
    private readonly loop: string,
    private readonly options: DriftOptions,
  ) {
    const problem = problemOfDrift(options);
    if (problem !== undefined) throw new HoldfastError('Pipeline.InvalidInput', `${loop}: ${problem}`);
  }

  /**
   * @param turn - 0 first
   * @param words - what the turn has said
   * @param count - told what the score has cost
   * @throws Pipeline.Drifted when the turn has strayed too far and that ends the loop
   */
  async check(turn: number, words: string, count: (cost: Partial<Cost>) => void): Promise<void> {
    const { limit, action } = this.options;
    const said = words.slice(0, longestHeard);
    const place = { loop: this.loop, turn: turn + 1, limit };
    const drift = await this.score(said, count).catch((error: unknown) => {
      if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error;
      const failure = itemFailureOf(error);
      if (failure === undefined) throw error;
      count(failure.details ?? {});
      currentRun().drift.open({ ...place, action: action === 'warn' ? 'warned' : 'stopped', failure: failure.type });
      if (action !== 'warn') throw error;
      log.warn('a turn could not be scored', { ...place, failure: failure.type });
    });
    if (drift === undefined) return;
    if (drift < limit) currentRun().drift.open({ ...place, drift, action: 'none' });
    else await this.act({ ...place, drift, action: 'warned' }, said);
  }

  private async score(said: string, count: (cost: Partial<Cost>) => void): Promise<number> {
    const { task, by } = this.options;
    // Nothing said is nothing about the task.
    if (said.trim() === '') return 1;
    if ('judge' in by) {
      const judged = await step(by.judge, { task, said });
      count(judged);
      const drift = judgedDrift(judged.value);
      if (drift !== undefined) return drift;
      const message = `${this.loop}: step ${by.judge} gives no score from 0 to 1 in its answer's "score"`;
      throw new HoldfastError('Pipeline.InvalidInput', message);
    }
    const known = this.taskVector;
    const embedded = await embed(by.embedding, known === undefined ? [said, task] : [said]);
    count(embedded);
    const [vector = [], taskVector = known ?? []] = embedded.vectors;
    this.taskVector = taskVector;
    return topicDrift(taskVector, vector);
  }

  private async act(status: Required<Omit<DriftStatus, 'failure'>>, said: string): Promise<void> {
    const { task, action, review } = this.options;
    const { turn, drift, limit } = status;
    const told = `${this.loop}: turn ${turn} has strayed from its task: drift ${drift}, limit ${limit}`;
    if (action === 'warn') {
      currentRun().drift.open(status);
      return log.warn('a turn has strayed from its task', { ...status });
    }
    const details = { turn, drift, limit };
    if (action === 'stop') {
      currentRun().drift.open({ ...status, action: 'stopped' });
      throw new HoldfastError('Pipeline.Drifted', told, details);
    }
    const tell = currentRun().drift.open({ ...status, action: 'waitingForPerson' });
    const show = { task, said, turn, drift, limit };
    const decision = await approval(`${this.loop}-turn-${turn}`, { title: told, ...review, show });
    const isApproved = decision.outcome === 'approved';
    tell(isApproved ? 'approved' : 'refused');
    if (!isApproved)
      throw new HoldfastError(
        'Pipeline.Drifted',
        `${told}; ${decision.outcome}${decision.by === undefined ? '' : ` by ${decision.by}`}`,
        details,
      );
  }
}
