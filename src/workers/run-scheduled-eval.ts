/** The eval of a schedule: as `holdfast eval` does it, in the worker's process, with the worker's prompts and capacity. */
import type { EvalRun } from '../activities/eval-activities';
import { prepareEval } from '../cli/eval/prepare-eval';
import { readTextFile } from '../cli/eval/read-data';
import type { JsonValue } from '../contracts/json';
import type { EvalVerdict, ScoredArm } from '../contracts/pipelines/scheduled-eval';
import { pathOfDocument } from '../documents';
import { HoldfastError } from '../errors/holdfast-error';
import { checkBaseline, driftOf, readBaseline, runEval } from '../evals';
import type { ArmReport, Drift } from '../evals';
import { readEvalDefinitions } from './eval-definitions';
import { openEvals } from './open-evals';
import { readWorkerEnvironment } from './worker-environment';

/** Draws the same rows every time. */
const seed = 1;

export async function runScheduledEval(environment: NodeJS.ProcessEnv, run: EvalRun): Promise<EvalVerdict> {
  const { id, request, signal } = run;
  const { documentsDirectory } = readWorkerEnvironment(environment);
  const { concurrency = 8, budgetUsd } = request;
  const data = await pathOfDocument(documentsDirectory, request.data);
  const file = await pathOfDocument(documentsDirectory, request.baseline);
  const definitions = readEvalDefinitions(environment);
  const { tasks, judgeOf, baseline } = checked(() => {
    const { target, pools, variants, judge, limit } = request;
    const optional = {
      ...(pools && { pools }),
      ...(variants && { variants }),
      ...(judge && { judge }),
      ...(limit && { limit }),
    };
    const prepared = prepareEval({ target, data, ...optional, concurrency, seed, tenant: 'default' }, definitions);
    const baseline = readBaseline(request.baseline, readTextFile('baseline', file));
    checkBaseline(request.baseline, baseline, prepared.tasks);
    return { ...prepared, baseline };
  });
  const tenant = 'default';
  const evals = await openEvals(environment, { id, tenant, signal, ...(budgetUsd && { budget: { usd: budgetUsd } }) });
  try {
    const arms = await runEval(
      tasks,
      ({ step: { output } }) => ({
        ask: evals.ask,
        judgeOf,
        checkSchema: (value: JsonValue, schema = output) =>
          schema === undefined ? undefined : definitions.checkSchema(value, schema),
      }),
      { concurrency, seed, signal },
    );
    const drift = driftOf(arms, baseline, seed);
    return {
      id,
      at: new Date().toISOString(),
      arms: arms.map((arm) => scoredOf(arm, drift, request.threshold)),
      costUsd: arms.reduce((sum, arm) => sum + arm.costUsd + arm.judgeCostUsd, 0),
    };
  } finally {
    await evals.close();
  }
}

/** What the command calls wrong usage is wrong input here: another attempt would not change it. */
function checked<T>(prepare: () => T): T {
  try {
    return prepare();
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    const told = error instanceof Error ? error.message : String(error);
    throw new HoldfastError('Pipeline.InvalidInput', `scheduledEval: ${told}`, {}, { cause: error });
  }
}

function scoredOf(arm: ArmReport, drifts: readonly Drift[], threshold: number | undefined): ScoredArm {
  const { name, score, answered, unanswered } = arm;
  const drift = drifts.find((one) => one.name === name);
  return {
    name,
    score: score.value,
    answered,
    unanswered,
    ...(threshold !== undefined && { isBelow: score.value < threshold }),
    ...(drift && {
      drift: {
        rows: drift.rows,
        baseline: drift.baseline,
        now: drift.now,
        low: drift.difference.low,
        high: drift.difference.high,
        hasFallen: drift.hasFallen,
      },
    }),
  };
}
