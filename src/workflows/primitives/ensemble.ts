import type { JsonValue } from '../../contracts/json';
import { totalOf } from '../../contracts/step';
import type { Attempt, StepResult } from '../../contracts/step';
import type { ItemFailure, ItemOutcome } from '../../contracts/each';
import { HoldfastError } from '../../errors/holdfast-error';
import { failureOf } from '../policy/failure-of';
import { countVotes, usualQuorum } from '../policy/vote';
import type { Vote } from '../policy/vote';
import { each } from './each';

/** What one member has answered. */
export interface MemberAnswer<T> {
  readonly member: string;
  readonly result: StepResult<T>;
}

/** One more call that reads all answers and gives the one that counts: a step with the answers among its variables. */
export type Judge<T> = (answers: readonly MemberAnswer<T>[]) => Promise<StepResult<T>>;

export type Decide<T> =
  /** The answers are sorted by what this says of each; the choice with the most voices wins. For few possible answers. */
  | { readonly vote: (value: T) => string; readonly onTie?: 'first' | 'fail' | Judge<T> }
  /** For free text, where no two answers are the same. Not called for a single answer. */
  | { readonly judge: Judge<T> };

export interface EnsembleOptions<T> {
  readonly decide: Decide<T>;
  /** Members that must have answered. Default: more than half. */
  readonly quorum?: number;
  /** In status and live details. Default `ensemble`. */
  readonly name?: string;
}

export interface Consensus<T> extends Pick<StepResult, 'usage' | 'costUsd' | 'attempts'> {
  readonly value: T;
  readonly decidedBy: 'vote' | 'tie' | 'judge' | 'only';
  /** Whose answer it is; of a judge's own, absent. */
  readonly member?: string;
  /** Of a vote: voices by choice. */
  readonly votes?: Readonly<Record<string, number>>;
  readonly answers: readonly (Pick<StepResult, 'servedBy' | 'model' | 'costUsd' | 'degraded'> & {
    readonly member: string;
    readonly value: JsonValue;
  })[];
  /** Members without an answer. */
  readonly failed: readonly (Pick<ItemFailure, 'type' | 'message'> & { readonly member: string })[];
  /** A member is missing, or one has answered by a later tier. */
  readonly degraded: boolean;
}

interface Spent {
  readonly attempts: Attempt[];
}

/**
 * Asks several models the same thing at once and makes one answer of theirs. A member that fails is left out as long as
 * enough others have answered. Cost and attempts are those of all calls, failed members and the judge included.
 *
 * @param members - by name; each makes its own step, so pool, prompt and fallbacks are its own
 * @throws Pipeline.InvalidInput for fewer than two members or a quorum that makes no sense; Pipeline.NoDecision when
 *   fewer than `quorum` have answered, or a tie is left that nobody breaks
 */
export async function ensemble<T = JsonValue>(
  members: Readonly<Record<string, () => Promise<StepResult<T>>>>,
  { decide, quorum = usualQuorum(Object.keys(members).length), name = 'ensemble' }: EnsembleOptions<T>,
): Promise<Consensus<T>> {
  const entries = Object.entries(members);
  checkMembers(name, entries.length, quorum);
  const spent: Spent = { attempts: [] };
  const outcomes = await each(entries, ([, ask]) => counted(spent, ask()), {
    concurrency: entries.length,
    tolerate: entries.length,
    name,
  });
  const named = outcomes.map((outcome, index) => ({ outcome, member: entries[index]?.[0] ?? '' }));
  const answers = named.flatMap(({ outcome, member }) =>
    outcome.ok && outcome.value.skipped !== true ? [{ member, result: outcome.value }] : [],
  );
  const failed = named.flatMap(({ outcome, member }) =>
    isAnswer(outcome) ? [] : [{ member, ...whyMissing(outcome) }],
  );
  if (answers.length < quorum) throw noQuorum(name, { answered: answers.length, quorum, failed, spent });
  const decided = await decideOn({ name, decide, answers, spent });
  return {
    ...decided,
    answers: answers.map(({ member, result: { value, servedBy, model, costUsd, degraded } }) => {
      return { member, value: value as JsonValue, servedBy, model, costUsd, degraded };
    }),
    failed,
    degraded: failed.length > 0 || answers.some(({ result }) => result.degraded),
    attempts: spent.attempts,
    ...totalOf(spent.attempts),
  };
}

function isAnswer<T>(outcome: ItemOutcome<StepResult<T>>): boolean {
  return outcome.ok && outcome.value.skipped !== true;
}

/** A step that is skipped when its tiers have failed has no voice either. */
function whyMissing<T>(outcome: ItemOutcome<StepResult<T>>): Pick<ItemFailure, 'type' | 'message'> {
  if (outcome.ok) return { type: outcome.value.reason ?? 'Llm.Internal', message: 'its step was skipped' };
  return { type: outcome.failure.type, message: outcome.failure.message };
}

/** What it has cost, also when it fails: a step that failed says what it has paid for. */
async function counted<T>({ attempts }: Spent, asked: Promise<StepResult<T>>): Promise<StepResult<T>> {
  try {
    const result = await asked;
    attempts.push(...result.attempts);
    return result;
  } catch (error) {
    attempts.push(...((failureOf(error).details['attempts'] as readonly Attempt[] | undefined) ?? []));
    throw error;
  }
}

interface Deciding<T> {
  readonly name: string;
  readonly decide: Decide<T>;
  readonly answers: readonly MemberAnswer<T>[];
  readonly spent: Spent;
}

type Decided<T> = Pick<Consensus<T>, 'value' | 'decidedBy' | 'member' | 'votes'>;

async function decideOn<T>({ name, decide, answers, spent }: Deciding<T>): Promise<Decided<T>> {
  const [only, second] = answers;
  if (only !== undefined && second === undefined)
    return { value: only.result.value, decidedBy: 'only', member: only.member };
  const judged = async (judge: Judge<T>, among: readonly MemberAnswer<T>[]): Promise<Decided<T>> => {
    return { value: (await counted(spent, judge(among))).value, decidedBy: 'judge' };
  };
  if ('judge' in decide) return judged(decide.judge, answers);
  const cast = answers.map(({ member, result: { value } }): Vote<T> => ({ member, value, choice: decide.vote(value) }));
  const { leading, votes } = countVotes(cast);
  const [winner, tied] = leading;
  const { onTie = 'first' } = decide;
  if (winner === undefined || (tied !== undefined && onTie === 'fail')) throw tie(name, votes, spent);
  if (tied !== undefined && typeof onTie === 'function') {
    const choices = new Set(leading.map(({ choice }) => choice));
    const among = answers.filter(({ result }) => choices.has(decide.vote(result.value)));
    return { ...(await judged(onTie, among)), votes };
  }
  return { value: winner.value, decidedBy: tied === undefined ? 'vote' : 'tie', member: winner.member, votes };
}

function checkMembers(name: string, members: number, quorum: number): void {
  if (members < 2)
    throw new HoldfastError(
      'Pipeline.InvalidInput',
      `${name}: an ensemble has two members or more, received ${members}`,
    );
  if (Number.isInteger(quorum) && quorum >= 1 && quorum <= members) return;
  const message = `${name}: quorum: expected a whole number from 1 to ${members}, received ${quorum}`;
  throw new HoldfastError('Pipeline.InvalidInput', message);
}

interface Missing {
  readonly answered: number;
  readonly quorum: number;
  readonly failed: Consensus<unknown>['failed'];
  readonly spent: Spent;
}

function noQuorum(name: string, { answered, quorum, failed, spent }: Missing): HoldfastError {
  const told = failed.map(({ member, type }) => `${member}: ${type}`).join(', ');
  const message = `${name}: ${answered} of the ${quorum} members that it takes have answered (${told})`;
  return new HoldfastError('Pipeline.NoDecision', message, { failed, ...totalOf(spent.attempts) });
}

function tie(name: string, votes: Readonly<Record<string, number>>, { attempts }: Spent): HoldfastError {
  const told = Object.entries(votes)
    .map(([choice, count]) => `${choice}: ${count}`)
    .join(', ');
  return new HoldfastError('Pipeline.NoDecision', `${name}: the votes are equal (${told})`, {
    votes,
    ...totalOf(attempts),
  });
}
