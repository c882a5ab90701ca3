/** `holdfast eval`, from the options to the exit code. */
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonValue } from '../../contracts/json';
import { checkBaseline, compareArms, driftOf, readBaseline, reportVersion, runEval, toJunit } from '../../evals';
import type { ArmReport, EvalReport, RowReport } from '../../evals';
import { exitCodes } from '../exit-codes';
import { Interrupted, UsageError } from '../failure';
import { freshId } from '../fresh-id';
import { catchInterruption } from '../interruption';
import type { Output } from '../output';
import { widthOf } from '../view/stream-width';
import { createStyle } from '../view/style';
import { amountText } from '../view/text';
import { evalEnvironment } from './eval-environment';
import { prepareEval } from './prepare-eval';
import type { Definitions, PreparedEval } from './prepare-eval';
import { readTextFile } from './read-data';
import type { AskedEval } from './read-eval-options';
import { metricLines, renderEval, renderMatrix, renderMistakes } from './render-eval';
import { createProgress } from './show-progress';

/** Mistakes that are shown per arm. */
const shownMistakes = 3;
/** Wider lines are hard to read. */
const widest = 160;
/** Calls in flight may be answered and settled, but a person waits. */
const farewellMs = 5_000;

export async function tryPrompts(asked: AskedEval, output: Output): Promise<void> {
  // Loaded here only: every other command starts without the workers' native code.
  const { readEvalDefinitions } = await import('../../workers/eval-definitions.js');
  const environment = evalEnvironment(output, process.env);
  const definitions = readEvalDefinitions(environment);
  const prepared = prepareEval(asked, definitions);
  const { baseline: file } = asked;
  const baseline = file === undefined ? undefined : readBaseline(file, readTextFile('--baseline', file));
  if (file !== undefined && baseline !== undefined) checkBaseline(file, baseline, prepared.tasks);
  for (const path of [asked.junit, asked.jsonOut]) if (path !== undefined) checkWritable(path);
  const id = asked.id ?? freshId('eval');
  prepared.notTried.forEach((text) => output.note(`not tried: ${text}`));
  output.text(`eval ${id}: ${whatIsTried(prepared)}`);
  const arms = await askAll({ asked, id, prepared, definitions, environment, output });
  const report: EvalReport = {
    version: reportVersion,
    id,
    at: new Date().toISOString(),
    data: prepared.data,
    seed: asked.seed,
    arms,
    comparisons: compareArms(arms, asked.seed),
    ...(baseline && { drift: driftOf(arms, baseline, asked.seed) }),
    costUsd: arms.reduce((sum, arm) => sum + arm.costUsd + arm.judgeCostUsd, 0),
  };
  if (asked.junit !== undefined) writeFileSync(asked.junit, toJunit(report));
  if (asked.jsonOut !== undefined) writeFileSync(asked.jsonOut, `${JSON.stringify(report, undefined, 1)}\n`);
  tell(report, asked, output);
}

function whatIsTried({ tasks }: PreparedEval): string {
  const rows = tasks.reduce((sum, task) => sum + task.rows.length, 0);
  return `${amountText(tasks.length, 'arm')}, ${amountText(rows, 'row')} in all`;
}

interface Run {
  readonly asked: AskedEval;
  readonly id: string;
  readonly prepared: PreparedEval;
  readonly definitions: Definitions;
  readonly environment: NodeJS.ProcessEnv;
  readonly output: Output;
}

async function askAll({ asked, id, prepared, definitions, environment, output }: Run): Promise<ArmReport[]> {
  const { openEvals } = await import('../../workers/open-evals.js');
  const interruption = catchInterruption();
  const ending = new AbortController();
  const { signal } = ending;
  const { tenant, budget, concurrency, seed } = asked;
  const opened = { id, tenant, signal, ...(budget && { budget }) };
  const evals = await interruption.race(openEvals(environment, opened));
  const { tasks, judgeOf } = prepared;
  const progress = createProgress(
    process.stderr,
    tasks.reduce((sum, { rows }) => sum + rows.length, 0),
  );
  const judgingOf = (schemaOfStep: string | undefined) => ({
    ask: evals.ask,
    judgeOf,
    checkSchema: (value: JsonValue, schema = schemaOfStep) =>
      schema === undefined ? undefined : definitions.checkSchema(value, schema),
  });
  const onRow = (_: unknown, row: RowReport): void =>
    progress.row({ costUsd: row.costUsd + row.judge.costUsd, fromJournal: row.fromJournal });
  const running = runEval(tasks, ({ step }) => judgingOf(step.output), { concurrency, seed, signal, onRow });
  try {
    return await interruption.race(running);
  } catch (error) {
    ending.abort(error);
    await Promise.race([running.catch(() => undefined), sleep(farewellMs)]);
    progress.rest();
    if (error instanceof Interrupted) output.note(`eval ${id} ended early; go on with: --id ${id}`);
    throw error;
  } finally {
    progress.rest();
    await evals.close();
  }
}

function tell(report: EvalReport, asked: AskedEval, output: Output): void {
  const { arms, drift = [] } = report;
  const { threshold } = asked;
  const style = createStyle(output.stream);
  // A log or a file has no edge at which lines would break.
  const width = output.stream.isTTY ? widthOf(output.stream, widest) : widest;
  const picture = { width, style, ...(threshold === undefined ? {} : { threshold }) };
  const isMatrix = asked.target === undefined;
  if (isMatrix) ['', ...renderMatrix(arms, picture)].forEach(output.text);
  ['', ...renderEval(report, picture)].forEach(output.text);
  if (!isMatrix) arms.flatMap((arm) => renderMistakes(arm, shownMistakes, picture)).forEach(output.text);
  metricLines(drift).forEach(output.text);
  const unanswered = arms.reduce((sum, arm) => sum + arm.unanswered, 0);
  const below = arms.filter(({ score }) => threshold !== undefined && score.value < threshold).map(({ name }) => name);
  const fallen = drift.filter(({ hasFallen }) => hasFallen).map(({ name }) => name);
  if (unanswered > 0)
    output.note(`${amountText(unanswered, 'row')} had no answer; ask for them again with: --id ${report.id}`);
  if (below.length > 0) output.note(`below the threshold of ${threshold}: ${below.join(', ')}`);
  if (fallen.length > 0) output.note(`the score fell since the baseline: ${fallen.join(', ')}`);
  output.json({ ...report, arms: arms.map(({ rows: _, ...arm }) => arm), unanswered, below, fallen });
  // A result with holes says nothing for sure, so it is told first; a fall is what a schedule is to hear.
  if (unanswered > 0 || (below.length > 0 && fallen.length === 0)) process.exitCode = exitCodes.failed;
  else if (fallen.length > 0) process.exitCode = exitCodes.drifted;
}

/** An eval that was paid for must not end with a file that cannot be written. */
function checkWritable(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    closeSync(openSync(path, 'a'));
  } catch (error) {
    throw new UsageError(`"${path}" cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`, {
      cause: error,
    });
  }
}
