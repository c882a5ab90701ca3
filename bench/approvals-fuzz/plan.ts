/** What happens to one question, decided by the seed: one sequence. */
import type { Random } from '../../src/simulator/random';

/**
 * How a question ends. `two`: two people approve. `contest`: one approves and one rejects at the same moment. `brink`: a
 * decision comes about when the time is over. `cancel`: the pipeline does not want to know any more.
 */
const endings = ['decide', 'edit', 'editByTwo', 'two', 'answer', 'contest', 'expire', 'brink', 'cancel'] as const;
export type Ending = (typeof endings)[number];

/** What is sent besides, and must have no effect. */
const noises = ['duplicate', 'bySignal', 'late', 'stale', 'malformed', 'junkSignal', 'earlier'] as const;
export type Noise = (typeof noises)[number];

export interface Sequence {
  readonly ending: Ending;
  readonly outcome: 'approved' | 'rejected';
  readonly noises: ReadonlySet<Noise>;
  /** A worker is killed meanwhile. */
  readonly restarts: boolean;
}

/** What the pipeline is told about it. */
export interface AskedQuestion {
  readonly required: number;
  readonly deadlineMs?: number;
}

const deadlineMs = 1_500;
const noiseChance = 0.25;

export function planSequence(random: Random, restartChance: number): Sequence {
  return {
    ending: random.pick(endings),
    outcome: random.next() < 0.7 ? 'approved' : 'rejected',
    noises: new Set(noises.filter(() => random.next() < noiseChance)),
    restarts: random.next() < restartChance,
  };
}

export function questionOf({ ending }: Sequence): AskedQuestion {
  const required = ending === 'two' || ending === 'editByTwo' ? 2 : 1;
  return ending === 'expire' || ending === 'brink' ? { required, deadlineMs } : { required };
}

/** Few names, so that every name is asked again and again. */
export const nameCount = 7;

export function nameOf(number: number): string {
  return `question-${number % nameCount}`;
}

export function occurrenceOf(number: number): number {
  return Math.floor(number / nameCount);
}

export const title = 'Do it?';

/** Every other question looks like the one of the same name before it. */
export function contentOf(number: number): { readonly text: string } {
  return { text: `content ${Math.floor(number / (2 * nameCount))}` };
}
