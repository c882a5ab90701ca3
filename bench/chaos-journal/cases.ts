/** What is killed where: every named point of every kind of step, at each of its calls. */
import type { CrashPoint } from '../../src/activities/ports';
import { crashPoints } from '../../src/activities/ports';

export const stepKinds = ['plain', 'streaming', 'repaired', 'background', 'tool'] as const;
export type StepKind = (typeof stepKinds)[number];

export interface CrashCase {
  readonly kind: StepKind;
  readonly point: CrashPoint;
  /** The worker dies when it comes by the point for the n-th time, i.e. in the n-th call of the step. */
  readonly nth: number;
}

/** Calls of a step that nobody disturbs: the answer and its repair; the question for the tool and the answer. */
export const callsOf: Readonly<Record<StepKind, number>> = {
  plain: 1,
  streaming: 1,
  repaired: 2,
  background: 1,
  tool: 2,
};

/**
 * What theory allows: a process that dies between the request and the journal takes what it was told with it. A call in
 * the background is the exception: it goes on, and is picked up again.
 */
export function extraCallsAllowed({ kind, point }: CrashCase): number {
  if (kind === 'background') return 0;
  return point === 'inFlight' || point === 'beforeJournal' ? 1 : 0;
}

export function casesOf(kinds: readonly StepKind[], points: readonly CrashPoint[]): CrashCase[] {
  return kinds.flatMap((kind) =>
    points
      .filter((point) => comesBy(kind, point))
      .flatMap((point) => timesOf(kind, point).map((nth) => ({ kind, point, nth }))),
  );
}

function comesBy(kind: StepKind, point: CrashPoint): boolean {
  return point !== 'afterResumable' || kind === 'background';
}

function timesOf(kind: StepKind, point: CrashPoint): number[] {
  // A model that asks for a tool says nothing besides, so only its last call is ever seen in the middle of its text.
  const isOnce = point === 'beforeEffect' || (point === 'inFlight' && kind === 'tool');
  const times = isOnce ? 1 : callsOf[kind];
  return Array.from({ length: times }, (_, index) => index + 1);
}

export const allPoints: readonly CrashPoint[] = crashPoints;

export function nameOf({ kind, point, nth }: CrashCase): string {
  return `${kind}, ${point}${nth > 1 ? `, call ${nth}` : ''}`;
}
