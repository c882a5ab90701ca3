/** What the search attributes of a run say, as its status has it. Pure: replays must come to the same. */
import type { RunWait } from '../../contracts/search-attributes';
import type { RunStatus, StepStatus } from '../../contracts/status';

export interface RunMarks {
  readonly degraded: boolean;
  readonly waitingFor: readonly RunWait[];
  /** Names, each once, in the order of their first opening. */
  readonly steps: readonly string[];
}

/** A shorter wait is over before anybody looks; each mark is an event in the history. */
export const longWaitMs = 30_000;
/** Names beyond these tell nobody more. */
const mostSteps = 20;

/** `before`: of the runs this one continues, and of itself so far. What was degraded stays so; a wait ends. */
export function runMarksOf(status: RunStatus, before: readonly string[] = []): RunMarks {
  const isOver = status.state !== 'running' && status.state !== 'waitingForPerson';
  const waiting = isOver ? [] : status.steps.filter((step) => waitOf(step) !== undefined);
  const waits = new Set<RunWait>(waiting.flatMap((step) => waitOf(step) ?? []));
  if (!isOver && status.approvals.length > 0) waits.add('person');
  const matters = status.steps.filter((step) => step.degraded === true || step.state === 'failed');
  const names = new Set([...before, ...[...matters, ...waiting].map(({ step }) => step)]);
  return {
    degraded: status.totals.degradedSteps > 0 || status.steps.some(({ degraded }) => degraded === true),
    waitingFor: [...waits].sort(),
    steps: [...names].slice(0, mostSteps),
  };
}

function waitOf({ state, waitMs = 0 }: StepStatus): RunWait | undefined {
  if (state === 'parked') return 'operator';
  if (state === 'asking') return 'person';
  return state === 'waiting' && waitMs >= longWaitMs ? 'capacity' : undefined;
}
