/** From what was asked for to what is put to whom, with everything checked that can be without a call. */
import { HoldfastError } from '../../errors';
import { createRandom, judgeVariableNames, planArms, planMatrix, planStepArm, sample } from '../../evals';
import type { DataSet, EvalArm, EvalReport, EvalRow, EvalTask, JudgeAssertion, Planning } from '../../evals';
import type { JsonObject, JsonValue } from '../../contracts/json';
import { askedPoolsOf } from '../../contracts/settings';
import { readData, readFolder } from './read-data';
import type { AskedEval } from './read-eval-options';

/** What `workers` knows of prompts and schemas. */
export interface Definitions extends Planning {
  readonly schemaNames: readonly string[];
  /** What is wrong with a value by a registered schema. */
  checkSchema(value: JsonValue, schema: string): string | undefined;
  checkVariables(prompt: string, variant: string, variables: JsonObject): void;
  variablesOf(prompt: string): readonly string[];
}

export interface PreparedEval {
  readonly tasks: readonly EvalTask[];
  readonly judgeOf: (assertion: JudgeAssertion) => EvalArm;
  readonly data: EvalReport['data'];
  /** Steps and tiers that the matrix cannot try, and why. */
  readonly notTried: readonly string[];
}

interface Trial {
  readonly arms: readonly EvalArm[];
  readonly sets: readonly DataSet[];
}

/** Throws `UsageError` and `Config.Invalid`, the latter with file and line of every row that does not fit its prompt. */
export function prepareEval(asked: AskedEval, definitions: Definitions): PreparedEval {
  const { target, variants, pools, endpoints, limit, seed } = asked;
  const choice = { ...(variants && { variants }), ...(pools && { pools }), ...(endpoints && { endpoints }) };
  const { trials, notTried } =
    target === undefined
      ? matrixOf(asked, definitions)
      : {
          trials: [{ arms: planArms({ target, ...choice }, definitions), sets: [readData(asked.data)] }],
          notTried: [],
        };
  const drawn = trials.map(({ arms, sets }) => ({ arms, sets: sets.map((set) => drawFrom(set, limit, seed)) }));
  const judges = createJudges(asked.judge, definitions);
  const problems = drawn.flatMap((trial) => problemsIn(trial, definitions, judges));
  if (problems.length > 0) throw new HoldfastError('Config.Invalid', firstOf(problems).join('\n'));
  return {
    tasks: drawn.flatMap(({ arms, sets }) => arms.map((arm) => ({ arm, rows: sets.flatMap(({ rows }) => rows) }))),
    judgeOf: judges.of,
    data: drawn.flatMap(({ sets }) => sets.map(({ file, rows, of }) => ({ file, rows: rows.length, of }))),
    notTried,
  };
}

function matrixOf(asked: AskedEval, definitions: Definitions): { trials: Trial[]; notTried: string[] } {
  const { settings, prompts } = definitions;
  const sets = readFolder(asked.data);
  const steps = Object.values(settings.steps);
  const unknown = [...sets.keys()].filter((name) => !Object.hasOwn(settings.steps, name));
  const notTried = unknown.map((name) => `${asked.data}/${name}: there is no such step`);
  const trials = steps.flatMap((step): Trial[] => {
    const own = sets.get(step.name);
    if (own === undefined) {
      notTried.push(`${step.name}: no data set in ${asked.data}/${step.name}/*.jsonl`);
      return [];
    }
    for (const [index, tier] of step.tiers.entries()) {
      const asked = askedPoolsOf(tier);
      if (asked.length === 0) notTried.push(`${step.name}, tier ${index}: calls no model`);
      for (const { pool, variant } of asked) {
        const [first = ''] = settings.pools[pool]?.endpoints ?? [];
        const wanted = variant ?? settings.endpoints[first]?.family ?? 'default';
        if (!prompts.variantsOf(step.prompt).includes(wanted))
          notTried.push(`${step.name}, tier ${index} (${pool}): ${step.prompt} has no variant "${wanted}"`);
      }
    }
    if (step.tools !== undefined) {
      notTried.push(`${step.name}: calls tools, an eval judges one answer`);
      return [];
    }
    return [{ arms: planMatrix(step.name, asked.variants, definitions), sets: own }];
  });
  if (trials.every(({ arms }) => arms.length === 0))
    throw new HoldfastError('Config.Invalid', `nothing can be tried:\n${notTried.join('\n')}`);
  return { trials, notTried };
}

type DrawnSet = DataSet & { readonly of: number };

/** Drawn and not the first ones: files are often sorted. The same seed draws the same rows. */
function drawFrom({ file, rows }: DataSet, limit: number | undefined, seed: number): DrawnSet {
  const drawn = limit === undefined || limit >= rows.length ? rows : sample(rows, limit, createRandom(seed));
  return { file, rows: drawn, of: rows.length };
}

interface Judges {
  readonly of: (assertion: JudgeAssertion) => EvalArm;
  /** What is wrong with the judge an assertion wants. */
  problemOf(assertion: JudgeAssertion): string | undefined;
}

function createJudges(usual: string | undefined, definitions: Definitions): Judges {
  const arms = new Map<string, EvalArm>();
  const armOf = (step: string): EvalArm => {
    const known = arms.get(step) ?? planStepArm(step, definitions);
    arms.set(step, known);
    return known;
  };
  return {
    of: ({ step = usual ?? '' }) => armOf(step),
    problemOf({ step = usual }) {
      if (step === undefined) return 'no judge is named; give it a step, or --judge';
      if (!Object.hasOwn(definitions.settings.steps, step))
        return `there is no step "${step}" (known: ${Object.keys(definitions.settings.steps).join(', ')})`;
      const { prompt, output } = armOf(step).step;
      if (output === undefined) return `step ${step} has no output schema; expected one with a score`;
      const variables = definitions.variablesOf(prompt);
      const isFit =
        variables.length === judgeVariableNames.length && judgeVariableNames.every((name) => variables.includes(name));
      return isFit
        ? undefined
        : `prompt ${prompt} of judge ${step} takes ${variables.join(', ') || 'nothing'}; expected ${judgeVariableNames.join(', ')}`;
    },
  };
}

function problemsIn(
  { arms, sets }: { arms: readonly EvalArm[]; sets: readonly DrawnSet[] },
  definitions: Definitions,
  judges: Judges,
): string[] {
  // Variants of a prompt take the same variables: `loadPrompts` sees to it.
  const [arm] = arms;
  if (arm === undefined) return [];
  const ids = new Map<string, string>();
  return sets.flatMap(({ file, rows }) =>
    rows.flatMap((row) => {
      const place = `${file}:${row.line}`;
      const twin = ids.get(row.id);
      ids.set(row.id, place);
      const twice = twin === undefined ? [] : [`id: "${row.id}" is that of ${twin} already`];
      return [...twice, ...rowProblems(row, arm, { definitions, judges })].map((problem) => `${place}: ${problem}`);
    }),
  );
}

function rowProblems(
  row: EvalRow,
  arm: EvalArm,
  { definitions, judges }: { definitions: Definitions; judges: Judges },
): string[] {
  const { prompt, output } = arm.step;
  const problems: string[] = [];
  try {
    definitions.checkVariables(prompt, arm.variant, row.variables);
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    problems.push(`variables: ${error.message}`);
  }
  for (const assertion of row.expect) {
    if (assertion.kind === 'schema') {
      const { schema = output } = assertion;
      if (schema === undefined) problems.push(`expect.schema: ${arm.target} has no output schema; name one`);
      else if (!definitions.schemaNames.includes(schema))
        problems.push(`expect.schema: there is no schema "${schema}" (known: ${definitions.schemaNames.join(', ')})`);
    }
    if (assertion.kind !== 'judge') continue;
    const problem = judges.problemOf(assertion);
    if (problem !== undefined) problems.push(`expect.judge: ${problem}`);
  }
  return problems;
}

/** More than anyone reads: a wrong data set has one problem per row. */
const mostProblems = 20;

function firstOf(problems: readonly string[]): string[] {
  const more = problems.length - mostProblems;
  return more > 0 ? [...problems.slice(0, mostProblems), `and ${more} problems more`] : [...problems];
}
