/** scheduledEval: an eval → compared with its baseline and the evals before → people are told. Started by a Schedule. */
import { isCancellation, proxyActivities, sleep, workflowInfo } from '@temporalio/workflow';
import { log } from '@temporalio/workflow';
import type { EvalActivities } from '../../activities/eval-activities';
import { parseDurationMs } from '../../contracts/duration';
import { parseScheduledEval } from '../../contracts/pipelines/scheduled-eval';
import type {
  EvalAlert,
  EvalVerdict,
  ScheduledEvalInput,
  ScheduledEvalResult,
} from '../../contracts/pipelines/scheduled-eval';
import { summaryLine } from '../../contracts/summary-line';
import { findingsIn, foundInARow, historyIn, unansweredIn, withVerdict } from '../policy/eval-history';
import { failureOf } from '../policy/failure-of';

const { runEval } = proxyActivities<EvalActivities>({
  startToCloseTimeout: '12 hours',
  heartbeatTimeout: '10 seconds',
  retry: { maximumAttempts: 5, nonRetryableErrorTypes: ['Config.Invalid', 'Pipeline.InvalidInput'] },
});
const { sendAlert } = proxyActivities<EvalActivities>({
  startToCloseTimeout: '20 seconds',
  scheduleToCloseTimeout: '1 hour',
  retry: { initialInterval: '2 seconds', maximumInterval: '5 minutes', nonRetryableErrorTypes: ['Config.Invalid'] },
});

/** The first one included. */
const mostTries = 3;

export async function scheduledEval(input: ScheduledEvalInput): Promise<ScheduledEvalResult> {
  const request = parseScheduledEval(input);
  const { target, alertAfter = 1, notify = [] } = request;
  const verdict = await tryUntilAnswered(request);
  const found = findingsIn(verdict);
  const { workflowId, lastResult } = workflowInfo();
  const history = withVerdict(historyIn(lastResult), verdict);
  const isIncomplete = unansweredIn(verdict) > 0;
  const inARow = isIncomplete ? 0 : foundInARow(history);
  const event = isIncomplete ? 'evalIncomplete' : inARow >= alertAfter ? 'evalFell' : undefined;
  const told = event === undefined ? [] : await tell(notify, { event, workflowId, target, verdict, inARow });
  const notTold = event === undefined ? [] : notify.filter((channel) => !told.includes(channel));
  return { target, verdict, found, inARow, told, notTold, history };
}

/** Under one id: what was answered is not asked again. */
async function tryUntilAnswered(request: ScheduledEvalInput): Promise<EvalVerdict> {
  const id = `scheduled-${workflowInfo().runId}`;
  for (let tries = 1; ; tries++) {
    const summary = summaryLine(tries === 1 ? request.target : `${request.target}: the rows without an answer`);
    const verdict = await runEval.executeWithOptions({ summary }, [{ id, request }]);
    if (unansweredIn(verdict) === 0 || tries === mostTries) return verdict;
    await sleep(parseDurationMs(request.againAfter ?? '10m') ?? 0, { summary: 'rows without an answer: once more' });
  }
}

/** Answers the channels that took it: one that is down is no reason to lose the verdict. */
async function tell(channels: readonly string[], alert: EvalAlert): Promise<string[]> {
  const sent = await Promise.all(
    channels.map(async (channel) => {
      try {
        await sendAlert.executeWithOptions({ summary: summaryLine(`${alert.event} by ${channel}`) }, [
          { channel, alert },
        ]);
        return [channel];
      } catch (error) {
        if (isCancellation(error)) throw error;
        log.error('people could not be told', { channel, event: alert.event, failure: failureOf(error).message });
        return [];
      }
    }),
  );
  return sent.flat();
}
