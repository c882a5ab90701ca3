/**
 * A run whose workflow task fails stands still: Temporal repeats the task until it succeeds, and nobody who asks the run
 * gets an answer. Its history says why, e.g. that a payload is gone or that the worker lacks a setting; so whoever asks is
 * told that after two seconds instead of waiting in vain.
 */
import type { Client } from '@temporalio/client';
import type { LoadedDataConverter } from '@temporalio/common';
import { isFailureType } from '../errors/failure-types';
import { HoldfastError } from '../errors/holdfast-error';

/** A healthy run has answered by then, and a failed task is in its history. */
const patienceMs = 2_000;
/** The failure stands before at most the events that came in meanwhile. */
const lastEvents = 20;

export interface Asked {
  readonly client: Client;
  readonly workflowId: string;
}

/** What `ask` answers, or a typed failure that says why the run does not. */
export async function answerOrStandstill<T>(asked: Asked, ask: () => Promise<T>): Promise<T> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const impatient = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      void standstillOf(asked).then((reason) => void (reason && reject(reason)));
    }, patienceMs);
  });
  try {
    return await Promise.race([asked.client.withAbortSignal(abort.signal, ask), impatient]);
  } catch (error) {
    // Also at once: the server refuses to ask a run whose task has failed several times.
    throw error instanceof HoldfastError ? error : ((await standstillOf(asked)) ?? error);
  } finally {
    clearTimeout(timer);
    // A question that nobody waits for any more would be repeated on a connection that has been closed.
    abort.abort();
  }
}

/** Undefined for a run that goes on, or when nothing can be found out. */
async function standstillOf({ client, workflowId }: Asked): Promise<HoldfastError | undefined> {
  const { workflowService, options } = client.workflow;
  const { namespace } = options;
  try {
    // As the server tells it: its memo may be what cannot be read.
    const described = await workflowService.describeWorkflowExecution({ namespace, execution: { workflowId } });
    if ((described.pendingWorkflowTask?.attempt ?? 1) < 2) return undefined;
    const { history } = await workflowService.getWorkflowExecutionHistoryReverse({
      namespace,
      execution: { workflowId, runId: described.workflowExecutionInfo?.execution?.runId ?? null },
      maximumPageSize: lastEvents,
    });
    const failed = history?.events?.find((event) => event.workflowTaskFailedEventAttributes);
    const failure = failed?.workflowTaskFailedEventAttributes?.failure;
    if (!failure) return undefined;
    const type = failure.applicationFailureInfo?.type;
    const told = await textOf(failure, options.loadedDataConverter);
    return new HoldfastError(
      isFailureType(type) ? type : 'Llm.Internal',
      `${workflowId} stands still, its worker cannot go on: ${told}`,
      { workflowId },
    );
  } catch {
    // The error that led here tells more than one about looking for its cause.
    return undefined;
  }
}

type Failure = Parameters<LoadedDataConverter['failureConverter']['failureToError']>[0];

async function textOf({ message, encodedAttributes }: Failure, converter: LoadedDataConverter): Promise<string> {
  const plain = message ?? 'no reason given';
  if (!encodedAttributes) return plain;
  let payloads = [encodedAttributes];
  for (const codec of converter.payloadCodecs.toReversed()) payloads = await codec.decode(payloads);
  const [payload] = payloads;
  return payload === undefined ? plain : converter.payloadConverter.fromPayload<{ message: string }>(payload).message;
}
