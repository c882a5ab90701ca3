/** What a run's histories say was paid for: those of the run itself, of what it continued as, and of all its children. */
import type { Client } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils';
import type { Attempt, CallModelOutput } from '../../src/contracts/step';

type Payloads = readonly { readonly data?: Uint8Array | null }[] | null | undefined;

/** Attempts of all calls of the run, in no particular order; each paid answer is there once. */
export async function readAttempts(temporal: Client, workflowId: string, runId?: string): Promise<Attempt[]> {
  const history = await temporal.workflow.getHandle(workflowId, runId).fetchHistory();
  const next = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  const others = [
    ...childrenIn(history).map(([id, run]) => readAttempts(temporal, id, run)),
    ...(next ? [readAttempts(temporal, workflowId, next)] : []),
  ];
  return [...attemptsIn(history), ...(await Promise.all(others)).flat()];
}

/** The provider charges for it. */
export function isPaid({ outcome, usage }: Attempt): boolean {
  if (usage === undefined || ['journaled', 'cached'].includes(outcome)) return false;
  return usage.inputTokens + usage.outputTokens > 0;
}

function childrenIn({ events }: History): (readonly [string, string])[] {
  return (events ?? []).flatMap((event) => {
    const started = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution;
    return started?.workflowId && started.runId ? [[started.workflowId, started.runId] as const] : [];
  });
}

function attemptsIn({ events }: History): Attempt[] {
  const calls = new Set(
    (events ?? []).flatMap((event) =>
      event.activityTaskScheduledEventAttributes?.activityType?.name === 'callModel' ? [String(event.eventId)] : [],
    ),
  );
  return (events ?? []).flatMap((event) => {
    const completed = event.activityTaskCompletedEventAttributes;
    if (completed && calls.has(String(completed.scheduledEventId))) {
      const { served, failed = [] } = readFirst<CallModelOutput>(completed.result?.payloads) ?? missing();
      return [...failed, served];
    }
    const ended = event.activityTaskFailedEventAttributes;
    if (!ended || !calls.has(String(ended.scheduledEventId))) return [];
    const details = readFirst<{ attempts?: Attempt[] }>(ended.failure?.applicationFailureInfo?.details?.payloads);
    return details?.attempts ?? [];
  });
}

function readFirst<T>(payloads: Payloads): T | undefined {
  const data = payloads?.[0]?.data;
  return data ? (JSON.parse(Buffer.from(data).toString()) as T) : undefined;
}

function missing(): never {
  throw new Error('a callModel has completed without a result in history');
}
