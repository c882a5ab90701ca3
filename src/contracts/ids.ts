/**
 * Every id of a step, in one place. They decide what is bought once and what is charged once,
 * so a change here is a change of a wire format (docs: one LLM step, Identity).
 */

/** Where in a run a call belongs. */
export interface CallIdentity {
  /** Workflow id + first execution run id of the pipeline that called `step`: survives continue-as-new and reset. */
  readonly runKey: string;
  readonly step: string;
  /** How often this step was opened in this run before. */
  readonly occurrence: number;
  /** Index of the tier, 0 first. */
  readonly tier: number;
  /** 0 the answer, 1 its repair; 2 and 3 the same after the first round of tool calls, 4 and 5 after the second, … */
  readonly callIndex: number;
}

export function runKeyOf(workflowId: string, firstExecutionRunId: string): string {
  return `${workflowId}/${firstExecutionRunId}`;
}

export function callKeyOf(id: CallIdentity): string {
  return `${id.runKey}/${id.step}#${id.occurrence}/t${id.tier}/c${id.callIndex}`;
}

/** Key of the result journal: a corrected prompt has another digest, so it is another call. */
export function journalKeyOf(id: CallIdentity, requestDigest: string): string {
  return `${callKeyOf(id)}/${requestDigest}`;
}

/** Reservation id. `attempt` counts Temporal's attempts from 1, `hop` the endpoints tried inside one attempt from 0. */
export function reservationIdOf(id: CallIdentity, attempt: number, hop: number): string {
  return `${callKeyOf(id)}/a${attempt}/h${hop}`;
}

/** Idempotency key of a side effect. `within`: `#<occurrence>`, or `:<key>` for one the pipeline names itself. */
export function effectKeyOf(runKey: string, name: string, within: string): string {
  return `${runKey}/effect/${name}${within}`;
}

/** Business id of a pipeline run. */
export function pipelineWorkflowIdOf(pipeline: string, id: string): string {
  return `${pipeline}:${id}`;
}

export function tierWorkflowIdOf(
  parentWorkflowId: string,
  { step, occurrence, tier }: Pick<CallIdentity, 'step' | 'occurrence' | 'tier'>,
): string {
  return `${parentWorkflowId}/step/${step}#${occurrence}/tier/${tier}`;
}

/** `from`: place of the chunk's first item in its list. */
export function chunkWorkflowIdOf(parentWorkflowId: string, { list, from }: { list: number; from: number }): string {
  return `${parentWorkflowId}/each/${list}/from/${from}`;
}

/** How often one item of a list in chunks may open the same step. */
export const openingsPerItem = 1_000;
/** Room for a million items. */
const occurrencesPerList = 1_000_000_000;

/** Occurrence of a step within an item of a list in chunks: the same whichever chunk the item is in, and none of the run's own. */
export function occurrenceInList({ list, item, opening }: { list: number; item: number; opening: number }): number {
  return (list + 1) * occurrencesPerList + item * openingsPerItem + opening;
}
