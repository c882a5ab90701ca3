/** Who has said what, and which answer has the most voices. */

export interface Vote<T> {
  readonly member: string;
  readonly value: T;
  readonly choice: string;
}

interface Count<T> {
  /** Of the choices with the most votes, in the order in which they were first heard, the first vote of each. */
  readonly leading: readonly Vote<T>[];
  /** Votes of each choice. */
  readonly votes: Readonly<Record<string, number>>;
}

export function countVotes<T>(votes: readonly Vote<T>[]): Count<T> {
  const first = new Map<string, Vote<T>>();
  const counts = new Map<string, number>();
  for (const vote of votes) {
    if (!first.has(vote.choice)) first.set(vote.choice, vote);
    counts.set(vote.choice, (counts.get(vote.choice) ?? 0) + 1);
  }
  const most = Math.max(0, ...counts.values());
  return {
    leading: [...first.values()].filter(({ choice }) => counts.get(choice) === most),
    votes: Object.fromEntries(counts),
  };
}

/** More than half. */
export function usualQuorum(members: number): number {
  return Math.floor(members / 2) + 1;
}
