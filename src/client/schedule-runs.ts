/** Runs of a pipeline that Temporal starts by the clock. */
import { ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Client, ScheduleOptions } from '@temporalio/client';
import type { JsonValue } from '../contracts/json';
import { pipelineWorkflowIdOf } from '../contracts/ids';
import { runMemoKey } from '../contracts/names';
import { summaryLine } from '../contracts/summary-line';
import type { RunMemo } from '../contracts/status';
import { HoldfastError } from '../errors/holdfast-error';
import { translated } from './translate-error';

export interface ScheduleRunsOptions {
  /** Business id: the schedule is `<pipeline>:<id>`, its runs `<pipeline>:<id>-<time>`. An old one of the id is replaced. */
  readonly id: string;
  /** Minute, hour, day, month, weekday: `17 3 * * *`, or `@every 6h`. */
  readonly cron: string;
  /** Name of a time zone. Default `UTC`. */
  readonly timezone?: string;
  /** Default `default`. */
  readonly tenant?: string;
}

export interface RunSchedule {
  readonly scheduleId: string;
  /** ISO 8601: the next times, some. */
  readonly next: readonly string[];
}

interface Scheduling extends ScheduleRunsOptions {
  readonly client: Client;
  readonly taskQueue: string;
  readonly pipeline: string;
  readonly input: JsonValue | undefined;
  readonly memo: RunMemo;
}

/** A run that is missed because no server was there is made up for this long; later the next one is due. */
const catchupWindow = '1 hour';

/** Throws `Pipeline.InvalidInput` for times that the server cannot read, `Service.Unreachable`. */
export async function scheduleRuns(scheduling: Scheduling): Promise<RunSchedule> {
  const { client, pipeline, id, cron } = scheduling;
  const scheduleId = pipelineWorkflowIdOf(pipeline, id);
  const options = optionsOf(scheduling, scheduleId);
  return translated({ workflowId: scheduleId }, async () => {
    try {
      await client.schedule.create(options);
    } catch (error) {
      if (isInvalid(error)) throw unreadable(cron, error);
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      const { spec, action, policies } = options;
      const { overlap = ScheduleOverlapPolicy.SKIP } = policies ?? {};
      await client.schedule
        .getHandle(scheduleId)
        .update(({ state }) => ({ spec, action, policies: { overlap, catchupWindow, pauseOnFailure: false }, state }))
        .catch((reason: unknown) => {
          throw isInvalid(reason) ? unreadable(cron, reason) : reason;
        });
    }
    const { info } = await client.schedule.getHandle(scheduleId).describe();
    return { scheduleId, next: info.nextActionTimes.map((time) => time.toISOString()) };
  });
}

/** Starts a run of the schedule now, or when the one that is going on has ended. Throws `Pipeline.NotFound`. */
export async function triggerSchedule(client: Client, scheduleId: string): Promise<void> {
  await onSchedule(scheduleId, () => client.schedule.getHandle(scheduleId).trigger(ScheduleOverlapPolicy.BUFFER_ONE));
}

/** Its runs are not touched. Throws `Pipeline.NotFound`. */
export async function removeSchedule(client: Client, scheduleId: string): Promise<void> {
  await onSchedule(scheduleId, () => client.schedule.getHandle(scheduleId).delete());
}

function optionsOf(scheduling: Scheduling, scheduleId: string): ScheduleOptions {
  const { pipeline, input, memo, taskQueue, cron, timezone = 'UTC' } = scheduling;
  return {
    scheduleId,
    spec: { cronExpressions: [cron], timezone },
    action: {
      type: 'startWorkflow',
      workflowType: pipeline,
      workflowId: scheduleId,
      taskQueue,
      args: [input],
      memo: { [runMemoKey]: memo },
      staticSummary: summaryLine(`${pipeline}, by schedule ${cron}`),
    },
    // Two at once would measure, or pay for, the same thing twice.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow, pauseOnFailure: false },
  };
}

async function onSchedule(scheduleId: string, work: () => Promise<void>): Promise<void> {
  await translated({ workflowId: scheduleId }, async () => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
      throw new HoldfastError(
        'Pipeline.NotFound',
        `there is no schedule ${scheduleId}`,
        { scheduleId },
        { cause: error },
      );
    }
  });
}

/** gRPC's INVALID_ARGUMENT. */
const invalidArgument = 3;

/** The SDK refuses what is no cron at all by a TypeError, the server what it cannot make a time of. */
function isInvalid(error: unknown): boolean {
  if (error instanceof TypeError) return true;
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return code === invalidArgument || (cause !== undefined && cause !== null && isInvalid(cause));
}

function unreadable(cron: string, cause: unknown): HoldfastError {
  const told = `cron: expected minute, hour, day, month and weekday such as "17 3 * * *", and a known time zone; received ${JSON.stringify(cron)}`;
  return new HoldfastError('Pipeline.InvalidInput', told, { field: 'cron' }, { cause });
}
