import type { Duration } from '@temporalio/common';
import { msToNumber } from '@temporalio/common/lib/time';
import type { StepResult } from '../../contracts/step';
import { HoldfastError } from '../../errors/holdfast-error';
import { itemFailureOf } from '../policy/each-failure';
import { limitReached, problemOfLimits } from '../policy/guard-limits';
import type { GuardLimits, GuardUse } from '../policy/guard-limits';
import { DriftCheck } from './drift';
import type { DriftOptions } from './drift';

export interface GuardOptions extends Omit<GuardLimits, 'timeMs'> {
  /** In status, live details and messages. Default `loop`. */
  readonly name?: string;
  /** From the making of the guard to the beginning of the last turn, e.g. `10 minutes`. */
  readonly time?: Duration;
  /** Scores what each turn says against the task. Its calls count as the turn's. Default: nothing is scored. */
  readonly drift?: DriftOptions;
}

export interface TurnOptions<T> {
  /** What the turn has said, for the score of its drift. Without, the turn is not scored. */
  readonly says: (result: T) => string;
}

/** What a turn answers: the result of a step, or of several added up. */
export type Metered = Pick<StepResult, 'usage' | 'costUsd'>;

export interface Guard {
  /** What the turns so far have used. Hand it to the guard of the next run when a pipeline continues as new. */
  readonly used: GuardUse;
  /**
   * Begins a turn, and counts what it has used, also when it fails. Throws `Pipeline.LoopLimit` instead when a limit is
   * reached; a turn that is on its way is never cut off, so the last one may go over tokens and money.
   *
   * With `drift`, throws `Pipeline.Drifted` when the turn has strayed too far from the task and that is to end the loop.
   *
   * @param work - is given the number of the turn, 0 first
   */
  turn<T extends Metered>(work: (turn: number) => Promise<T>, options?: TurnOptions<T>): Promise<T>;
}

/**
 * Caps a loop whose end a model decides: agents, self-correction, conversations.
 *
 * @throws Pipeline.InvalidInput for limits that make no sense
 */
export function guard({ time, name = 'loop', drift, ...limits }: GuardOptions, before?: GuardUse): Guard {
  const all: GuardLimits = { ...limits, ...(time !== undefined && { timeMs: msToNumber(time) }) };
  checkLimits(all);
  const driftCheck = drift && new DriftCheck(name, drift);
  const startedAtMs = Date.now() - (before?.ms ?? 0);
  let used: GuardUse = before ?? { turns: 0, tokens: 0, usd: 0, ms: 0 };
  const now = (): GuardUse => ({ ...used, ms: Date.now() - startedAtMs });
  const count = ({ usage, costUsd }: Partial<Metered>): void => {
    const tokens = used.tokens + (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0);
    used = { ...used, tokens, usd: used.usd + (costUsd ?? 0) };
  };
  return {
    get used() {
      return now();
    },
    async turn(work, options) {
      const reached = limitReached(all, now());
      if (reached !== undefined) {
        const message = `the loop ends before turn ${used.turns + 1}: ${reached}`;
        throw new HoldfastError('Pipeline.LoopLimit', message, { used: now(), limits: all });
      }
      const turn = used.turns;
      used = { ...used, turns: turn + 1 };
      let result;
      try {
        result = await work(turn);
        count(result);
      } catch (error) {
        // A step that failed says what it has paid for.
        count(itemFailureOf(error)?.details ?? {});
        throw error;
      }
      if (driftCheck !== undefined && options !== undefined) await driftCheck.check(turn, options.says(result), count);
      return result;
    },
  };
}

function checkLimits(limits: GuardLimits): void {
  const problem = problemOfLimits(limits);
  if (problem !== undefined) throw new HoldfastError('Pipeline.InvalidInput', `guard: ${problem}`);
}
