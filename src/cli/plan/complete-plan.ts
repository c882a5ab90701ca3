/** Fills in what a person left out: a shipped pipeline's usual calls, each step's pool and output cap. */
import { didYouMean } from '../../config/closest';
import type { PipelineContract } from '../../contracts/pipelines/contract';
import { askedPoolsOf } from '../../contracts/settings';
import type { Settings, StepSettings } from '../../contracts/settings';
import type { PlannedCall, PlannedPipeline } from '../../planning';
import { UsageError } from '../failure';
import type { AskedCall, AskedPipeline } from './asked-plan';

export interface PlanDefaults {
  readonly settings: Settings;
  readonly pipelines: readonly PipelineContract[];
  maxOutputTokensOf(step: StepSettings): number;
}

/** Throws `UsageError` that says what is missing and how to give it. */
export function completePlan(asked: readonly AskedPipeline[], defaults: PlanDefaults): PlannedPipeline[] {
  const timed = asked.filter(({ perHour }) => perHour !== undefined).length;
  if (timed !== 0 && timed !== asked.length) {
    throw new UsageError('give runs per hour for all pipelines, or for none of them and only how many there are');
  }
  return asked.map((pipeline) => completePipeline(pipeline, defaults));
}

function completePipeline(asked: AskedPipeline, defaults: PlanDefaults): PlannedPipeline {
  const { name, perHour, count } = asked;
  if (perHour === undefined && count === undefined) {
    throw new UsageError(`${name}: how much of it? give runs per hour (--per-hour), or how many there are (--count)`);
  }
  const usual = asked.fromUsual ? usualCallsOf(name, defaults.pipelines) : [];
  const known = new Set(usual.map(({ step }) => step));
  const calls = [
    ...usual.map((call) => ({ ...call, ...asked.calls.find(({ step }) => step === call.step) })),
    ...asked.calls.filter(({ step }) => step === undefined || !known.has(step)),
  ];
  if (calls.length === 0) throw nothingKnown(name, defaults);
  return {
    name,
    ...(perHour === undefined ? {} : { perHour }),
    ...(count === undefined ? {} : { count }),
    calls: calls.map((call) => completeCall(call, name, defaults)),
  };
}

/** `research-report` is `researchReport` too. */
function usualCallsOf(name: string, pipelines: readonly PipelineContract[]): readonly AskedCall[] {
  const camelCase = name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return pipelines.find((one) => one.name === camelCase)?.typicalCalls ?? [];
}

function nothingKnown(name: string, { pipelines }: PlanDefaults): UsageError {
  const known = pipelines.filter(({ typicalCalls }) => typicalCalls !== undefined).map((one) => one.name);
  const hint = didYouMean(name, known) || ` (known: ${known.join(', ')})`;
  return new UsageError(
    `nothing is known of the pipeline "${name}"${hint}; say what a run calls: --calls <step>=1 --tokens <step>=1800/900`,
  );
}

function completeCall(asked: AskedCall, pipeline: string, defaults: PlanDefaults): PlannedCall {
  const { step: stepName, calls = 1, inputTokens, seconds } = asked;
  const { steps } = defaults.settings;
  const step = stepName !== undefined && Object.hasOwn(steps, stepName) ? steps[stepName] : undefined;
  const pool = poolOf(asked, step, { pipeline, ...defaults.settings });
  const name = stepName ?? pool;
  if (inputTokens === undefined) {
    throw new UsageError(`${pipeline}: how many tokens has a call of ${name}? e.g. --tokens ${name}=1800/900`);
  }
  return {
    name,
    pool,
    calls,
    inputTokens,
    ...outputOf(asked, step, { where: `${pipeline}: ${name}`, defaults }),
    ...(seconds === undefined ? {} : { seconds }),
  };
}

interface PoolContext extends Pick<Settings, 'file' | 'steps' | 'pools'> {
  readonly pipeline: string;
}

function poolOf(asked: AskedCall, step: StepSettings | undefined, context: PoolContext): string {
  const { pipeline, file, steps, pools } = context;
  const pool = asked.pool ?? step?.tiers.flatMap(askedPoolsOf)[0]?.pool;
  if (pool !== undefined && Object.hasOwn(pools, pool)) return pool;
  const [kind, name, known] =
    pool === undefined ? ['step', asked.step ?? '', Object.keys(steps)] : ['pool', pool, Object.keys(pools)];
  const hint = didYouMean(name, known) || ` (known: ${known.join(', ')})`;
  throw new UsageError(`${pipeline}: there is no ${kind} "${name}" in ${file}${hint}`);
}

/** Without a step nothing is cut off: the cap is then at least what is said to come. */
function outputOf(
  asked: AskedCall,
  step: StepSettings | undefined,
  { where, defaults }: { readonly where: string; readonly defaults: PlanDefaults },
): Pick<PlannedCall, 'outputTokens' | 'maxOutputTokens'> {
  const usualCap = defaults.settings.defaults.parameters.maxOutputTokens;
  const stepCap = step === undefined ? Math.max(usualCap, asked.outputTokens ?? 0) : defaults.maxOutputTokensOf(step);
  const { maxOutputTokens = stepCap } = asked;
  const { outputTokens = maxOutputTokens } = asked;
  if (outputTokens <= maxOutputTokens) return { outputTokens, maxOutputTokens };
  throw new UsageError(
    `${where}: an answer cannot have ${outputTokens} tokens, as maxOutputTokens is ${maxOutputTokens}`,
  );
}
