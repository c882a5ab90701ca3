import { cosineOf } from '../../contracts/embedding';
import type { Vector } from '../../contracts/embedding';

const driftActions = ['warn', 'stop', 'review'] as const;
/** What happens when a turn has strayed too far: it is told in status and log; the loop ends; a person is asked. */
export type DriftAction = (typeof driftActions)[number];

/** 0 for a text about the task, 1 for one that has nothing to do with it. */
export function topicDrift(task: Vector, said: Vector): number {
  return rounded(1 - Math.max(0, cosineOf(task, said)));
}

/** From a judge's score: 1 for a turn that serves the task. Undefined for what is no such score. */
export function judgedDrift(answer: unknown): number | undefined {
  const score = typeof answer === 'object' && answer !== null ? (answer as { score?: unknown }).score : answer;
  return typeof score === 'number' && score >= 0 && score <= 1 ? rounded(1 - score) : undefined;
}

/** What is wrong with the options themselves. */
export function problemOfDrift({
  task,
  limit,
  action,
}: {
  readonly task: unknown;
  readonly limit: unknown;
  readonly action: unknown;
}): string | undefined {
  if (typeof task !== 'string' || task.trim() === '') return 'drift.task: expected the task in words';
  if (typeof limit !== 'number' || !(limit > 0 && limit <= 1))
    return `drift.limit: expected a number above 0, at most 1, received ${String(limit)}`;
  if (driftActions.some((known) => known === action)) return undefined;
  return `drift.action: expected ${driftActions.join(', ')}, received ${String(action)}`;
}

function rounded(drift: number): number {
  return Math.round(drift * 1_000) / 1_000;
}
