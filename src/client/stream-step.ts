/** The text of one step as its caller follows it, and what is the matter when nothing comes. */
import type { RunStatus, StepStatus } from '../contracts/status';
import type { FailureType } from '../errors/failure-types';
import { HoldfastError } from '../errors/holdfast-error';
import type { AttemptPlace, ReadEvent, StreamOffset } from '../journal/stream-log';
import { readStream } from '../journal/stream-reader';
import type { StreamSource } from '../journal/stream-source';

export interface StreamOptions {
  /** Which opening of the step, counted from 0. Default 0. */
  readonly occurrence?: number;
  /** `offset` of the last chunk that was seen: what comes after it. Default: from the beginning. */
  readonly from?: StreamOffset;
  /** Ends the loop; there is no `end` chunk then, and no error. */
  readonly signal?: AbortSignal;
}

/** `offset` goes into `from` to continue after this chunk, in another process if need be. */
export type StreamChunk = { readonly offset: StreamOffset } & (
  | ({
      /** Always the first chunk. Forget what came before: an attempt begins, with all of its text to follow. */
      readonly kind: 'reset';
      /** `trimmed`: the log no longer holds the text from its beginning, or not all of it; the run's result does. */
      readonly reason: 'attempt' | 'trimmed';
      /** Who writes; empty where the log no longer says. */
      readonly endpoint: string;
    } & AttemptPlace)
  | { readonly kind: 'text'; readonly text: string }
  /** The step is answered with the text since the last reset. Always the last chunk. */
  | { readonly kind: 'end' }
);

/** What is asked of the run whose step is followed. */
export interface FollowedRun {
  readonly workflowId: string;
  runKey(): Promise<string>;
  status(): Promise<RunStatus>;
  describe(): Promise<{ readonly state: string }>;
  /** Of another workflow: the one that goes on with a deferred step. */
  isOpen(workflowId: string): Promise<boolean>;
  result(): Promise<unknown>;
}

export interface StreamRequest extends StreamOptions {
  readonly step: string;
}

/** See `RunHandle.stream`. */
export function streamStep(
  run: FollowedRun,
  source: StreamSource | undefined,
  { step, occurrence = 0, from, signal }: StreamRequest,
): AsyncIterableIterator<StreamChunk> {
  if (source === undefined) throw withoutRedis();
  checkOccurrence(occurrence);
  const events = readStream(source, {
    locate: async () => ({ runKey: await run.runKey(), step, occurrence }),
    verdict: () => verdictOf(run, step, occurrence),
    from,
    signal,
  });
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      const read = await events.next();
      if (read.done === true) return { done: true, value: undefined };
      const { event, offset } = read.value;
      if (event.kind !== 'failed') return { done: false, value: chunkOf(event, offset) };
      await events.return?.();
      throw stepFailed({ workflowId: run.workflowId, step, occurrence }, event.failure);
    },
    async return() {
      await events.return?.();
      return { done: true, value: undefined };
    },
  };
}

function chunkOf(event: Exclude<ReadEvent['event'], { kind: 'failed' }>, offset: StreamOffset): StreamChunk {
  if (event.kind !== 'reset') return { ...event, offset };
  const { kind, reason, endpoint, place } = event;
  return { kind, reason, endpoint, ...place, offset };
}

/** Undefined while the step may still write. Temporal or all workers out of reach say nothing about it. */
async function verdictOf(run: FollowedRun, step: string, occurrence: number): Promise<Error | undefined> {
  const [description, status] = await Promise.all([orSilence(run.describe()), orSilence(run.status())]);
  if (description === undefined) return undefined;
  const isRunOpen = description.state === 'RUNNING';
  const opened = status?.steps.filter((one) => one.step === step) ?? [];
  const opening = opened.find((one) => one.occurrence === occurrence);
  const subject = { workflowId: run.workflowId, step, occurrence };
  if (opening?.deferred !== undefined && opening.state === 'deferred') {
    const goesOn = await orSilence(run.isOpen(opening.deferred.workflowId));
    return goesOn === false ? gone(subject) : undefined;
  }
  if (opening !== undefined) {
    const problem = problemOf(subject, opening);
    return problem ?? (isRunOpen ? undefined : endOf(run, subject));
  }
  // Openings count up, so this one was in a run that this one continues.
  if (opened.some((one) => one.occurrence > occurrence)) return gone(subject);
  if (isRunOpen) return undefined;
  return status === undefined || status.state === 'running' ? endOf(run, subject) : neverOpened(subject, status);
}

interface Subject {
  readonly workflowId: string;
  readonly step: string;
  readonly occurrence: number;
}

function problemOf(subject: Subject, { state, streams, failure }: StepStatus): Error | undefined {
  if (streams === false) {
    const message = `${nameOf(subject)} is not streamed; set "stream: true" at the step in the workers' configuration`;
    return new HoldfastError('Pipeline.NotFound', message, { ...subject });
  }
  if (state === 'failed') return stepFailed(subject, failure ?? 'Error');
  return state === 'completed' ? gone(subject) : undefined;
}

/** How a run has ended that can no longer end this step. */
async function endOf(run: FollowedRun, subject: Subject): Promise<Error> {
  return run.result().then(
    () => gone(subject),
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
}

function stepFailed(subject: Subject, failure: string): HoldfastError {
  return new HoldfastError('Pipeline.Failed', `${nameOf(subject)} failed: ${failure}`, { ...subject, failure });
}

function gone(subject: Subject): HoldfastError {
  const message = `there is no text of ${nameOf(subject)}: it is older than an hour, or the step has no "stream: true"; its answer is in the run's history`;
  return new HoldfastError('Pipeline.NotFound', message, { ...subject });
}

function neverOpened(subject: Subject, { steps }: RunStatus): HoldfastError {
  const opened = steps.map((one) => `${one.step}#${one.occurrence}`).join(', ') || 'none';
  const message = `${subject.workflowId} has ended without opening ${subject.step}#${subject.occurrence} (opened: ${opened})`;
  return new HoldfastError('Pipeline.NotFound', message, { ...subject });
}

function nameOf({ workflowId, step, occurrence }: Subject): string {
  return `step ${step}#${occurrence} of ${workflowId}`;
}

const silent: readonly FailureType[] = ['Service.Unreachable'];

async function orSilence<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof HoldfastError && silent.includes(error.type)) return undefined;
    throw error;
  }
}

function withoutRedis(): HoldfastError {
  return new HoldfastError(
    'Config.Invalid',
    "streams are read from the workers' Redis: set JOURNAL_REDIS_URL or REDIS_URL, or pass journalRedisUrl to connect()",
  );
}

function checkOccurrence(occurrence: unknown): void {
  if (typeof occurrence === 'number' && Number.isSafeInteger(occurrence) && occurrence >= 0) return;
  throw new HoldfastError(
    'Pipeline.InvalidInput',
    `occurrence: expected a whole number from 0, received ${JSON.stringify(occurrence)}`,
  );
}
