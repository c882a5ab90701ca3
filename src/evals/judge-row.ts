/** One row under one arm: asked, checked, and judged where its data set says so. */
import type { JsonObject, JsonValue } from '../contracts/json';
import { addUsage, noUsage } from '../contracts/usage';
import type { Ask, EvalAnswer, Spent } from './answer';
import type { EvalArm } from './arm';
import { checkAssertion } from './check-assertion';
import type { Checked, CheckSchema } from './check-assertion';
import type { EvalRow, JudgeAssertion } from './data/row';
import { show } from './data/json-kinds';
import type { RowReport } from './report';

export interface Judging {
  readonly ask: Ask;
  /** What is wrong with a value, by a schema. */
  readonly checkSchema: CheckSchema;
  /** The judge of an assertion, e.g. of its own step. */
  readonly judgeOf: (assertion: JudgeAssertion) => EvalArm;
}

interface Task {
  readonly arm: EvalArm;
  readonly row: EvalRow;
}

const nothingSpent: Spent = { usage: noUsage, costUsd: 0 };

export async function judgeRow(task: Task, judging: Judging): Promise<RowReport> {
  const { row, arm } = task;
  const answer = await judging.ask({ arm, occurrence: row.occurrence, variables: row.variables });
  const { outcome, spent, latencyMs, fromJournal } = answer;
  const facts = {
    id: row.id,
    line: row.line,
    usage: spent.usage,
    costUsd: spent.costUsd,
    ...(latencyMs === undefined ? {} : { latencyMs }),
    fromJournal,
  };
  if (outcome.kind !== 'answered') return { ...facts, ...verdictOn(outcome), judge: nothingSpent };
  const checked: Checked[] = [];
  const judge = { spent: nothingSpent };
  for (const [index, assertion] of row.expect.entries()) {
    if (assertion.kind !== 'judge') {
      checked.push(checkAssertion(assertion, outcome.value, judging.checkSchema));
      continue;
    }
    const verdict = await askJudge({ ...task, assertion, index, value: outcome.value }, judging);
    judge.spent = addSpent(judge.spent, verdict.spent);
    if ('unanswered' in verdict) return { ...facts, ...verdict.unanswered, judge: judge.spent };
    checked.push(verdict.checked);
  }
  const failed = checked.filter(({ passed }) => !passed);
  const score = checked.reduce((sum, one) => sum + one.score, 0) / checked.length;
  return {
    ...facts,
    status: failed.length === 0 ? 'passed' : 'failed',
    score,
    failed: failed.map(({ kind, message = '' }) => ({ kind, message })),
    judge: judge.spent,
  };
}

function verdictOn({ kind, failure, message }: Exclude<EvalAnswer['outcome'], { kind: 'answered' }>) {
  const failed = [{ kind: failure, message }];
  return kind === 'rejected'
    ? { status: 'failed' as const, score: 0, failed }
    : { status: 'unanswered' as const, score: 0, failed };
}

interface JudgeTask extends Task {
  readonly assertion: JudgeAssertion;
  /** Of the assertion in its row. */
  readonly index: number;
  readonly value: JsonValue;
}

type Verdict = { readonly spent: Spent } & (
  { readonly checked: Checked } | { readonly unanswered: Pick<RowReport, 'status' | 'score' | 'failed'> }
);

/** A judge that says nothing useful leaves the row unjudged: its mistakes are not those of the variant. */
async function askJudge(task: JudgeTask, judging: Judging): Promise<Verdict> {
  const { arm, row, assertion, index, value } = task;
  const judge = judging.judgeOf(assertion);
  const named = { ...judge, name: `${judge.name}<${arm.name}#${index}` };
  const variables = judgeVariables(row.variables, assertion, value);
  const { outcome, spent } = await judging.ask({ arm: named, occurrence: row.occurrence, variables });
  if (outcome.kind !== 'answered') {
    const failed = [{ kind: outcome.failure, message: `judge ${judge.target}: ${outcome.message}` }];
    return { spent, unanswered: { status: 'unanswered', score: 0, failed } };
  }
  const { score, reason } = (outcome.value ?? {}) as { score?: unknown; reason?: unknown };
  if (typeof score !== 'number' || !(score >= 0 && score <= 1)) {
    const message = `judge ${judge.target}: expected a score from 0 to 1, received ${show(score)}`;
    return { spent, unanswered: { status: 'unanswered', score: 0, failed: [{ kind: 'judge', message }] } };
  }
  if (score >= assertion.atLeast) return { spent, checked: { kind: 'judge', passed: true, score } };
  const because = typeof reason === 'string' ? `: ${reason.slice(0, 200)}` : '';
  const message = `scored ${score}, expected at least ${assertion.atLeast}${because}`;
  return { spent, checked: { kind: 'judge', passed: false, score, message } };
}

/** What every judge's prompt takes: untrusted, all three. */
export const judgeVariableNames = ['criteria', 'question', 'answer'] as const;

function judgeVariables(variables: JsonObject, { criteria }: JudgeAssertion, value: JsonValue): JsonObject {
  const text = (one: JsonValue): string => (typeof one === 'string' ? one : JSON.stringify(one, undefined, 2));
  return { criteria, question: text(variables), answer: text(value) };
}

function addSpent(a: Spent, b: Spent): Spent {
  return { usage: addUsage(a.usage, b.usage), costUsd: a.costUsd + b.costUsd };
}
