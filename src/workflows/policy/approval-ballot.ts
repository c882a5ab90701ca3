/** Counts what several people say about one content. Pure. */
import type { DecisionOutcome, Vote } from '../../contracts/approval';
import { isSamePerson } from './approval-rights';

export interface BallotRules {
  /** People who must approve. */
  readonly required: number;
  /** People who must reject to end it. */
  readonly rejections: number;
}

export interface Ballot {
  /** One for each person, on the content as it is. */
  readonly votes: readonly Vote[];
  /** Once enough have spoken; `approved` also for an edited content. */
  readonly outcome?: DecisionOutcome;
}

/**
 * A later vote of the same person takes the place of the earlier one. An edit makes another content of it: what was said
 * about the old one is void, and the editor stands for the new one.
 */
export function countVote(votes: readonly Vote[], vote: Vote, rules: BallotRules): Ballot {
  if (vote.outcome === 'answered') return { votes: [vote], outcome: 'answered' };
  const others = vote.outcome === 'edited' ? [] : votes.filter(({ by }) => !isSamePerson(by, vote.by));
  const counted = [...others, vote];
  const rejected = counted.filter(({ outcome }) => outcome === 'rejected').length;
  if (rejected >= rules.rejections) return { votes: counted, outcome: 'rejected' };
  if (counted.length - rejected >= rules.required) return { votes: counted, outcome: 'approved' };
  return { votes: counted };
}
