/** Contract of `scheduledEval`: asks an eval's questions anew, compares with a baseline, and tells people of a fall. */
import { HoldfastError } from '../../errors/holdfast-error';
import { durationWords, parseDurationMs } from '../duration';
import type { PipelineContract } from './contract';

export interface ScheduledEvalInput {
  /** A step, or `name@version` of a prompt: as for `holdfast eval`. */
  readonly target: string;
  /** Data set, JSONL. A path below the worker's document folder. */
  readonly data: string;
  /** What `holdfast eval --json-out` wrote. A path below the worker's document folder. */
  readonly baseline: string;
  readonly pools?: readonly string[];
  readonly variants?: readonly string[];
  /** The step that judges where a row names none. */
  readonly judge?: string;
  /** So many rows, always the same ones. Default: all. */
  readonly limit?: number;
  /** A score below it is a finding, too. 0–1. */
  readonly threshold?: number;
  /** US dollars one eval may cost. Default: any amount. */
  readonly budgetUsd?: number;
  /** Rows at once, 1–256. Default 8. */
  readonly concurrency?: number;
  /** Channels that are told: those of approvals, `webhook` and `slack`. Default: none, only metrics and log. */
  readonly notify?: readonly string[];
  /** People are told once it was found so many times in a row, 1–30. Default 1. */
  readonly alertAfter?: number;
  /** Pause before rows without an answer are asked again, at most twice, e.g. `10m`, the default. */
  readonly againAfter?: string;
}

/** One arm of one eval. */
export interface ScoredArm {
  readonly name: string;
  readonly score: number;
  readonly answered: number;
  readonly unanswered: number;
  /** Over the rows both have answered; absent for an arm that the baseline does not know. */
  readonly drift?: {
    readonly rows: number;
    readonly baseline: number;
    readonly now: number;
    /** 95 % interval of the paired difference. */
    readonly low: number;
    readonly high: number;
    /** The whole interval lies below 0. */
    readonly hasFallen: boolean;
  };
  /** Present when there is a threshold. */
  readonly isBelow?: boolean;
}

/** What one eval came to. */
export interface EvalVerdict {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly arms: readonly ScoredArm[];
  readonly costUsd: number;
}

/** One eval of the past, oldest first in lists. */
export interface PastEval {
  readonly id: string;
  readonly at: string;
  readonly scores: Readonly<Record<string, number>>;
  /** Arms with a finding: fallen since the baseline, or below the threshold. */
  readonly found: readonly string[];
  /** Rows were left without an answer: it says nothing for sure. */
  readonly isIncomplete?: true;
}

/** What people are told. The next eval tells again, until the score is back or the baseline is replaced. */
export interface EvalAlert {
  /** `evalFell`: a finding; `evalIncomplete`: rows without an answer, so nobody knows. */
  readonly event: 'evalFell' | 'evalIncomplete';
  readonly workflowId: string;
  readonly target: string;
  readonly verdict: EvalVerdict;
  /** Evals in a row that found it, this one included. */
  readonly inARow: number;
}

/** Also what the next eval of the schedule is given by Temporal, as the result of the last one. */
export interface ScheduledEvalResult {
  readonly target: string;
  readonly verdict: EvalVerdict;
  readonly found: readonly string[];
  readonly inARow: number;
  /** Channels that were told, and those that could not be. */
  readonly told: readonly string[];
  readonly notTold: readonly string[];
  /** This one last; at most 60. */
  readonly history: readonly PastEval[];
}

export const scheduledEvalContract: PipelineContract<ScheduledEvalInput> = {
  name: 'scheduledEval',
  description: 'an eval, compared with its baseline; people are told when a score has fallen',
  parseInput: parseScheduledEval,
};

type Check = readonly [expected: string, isGood: (value: unknown) => boolean];

const path: Check = ["a path below the worker's document folder", (value) => isText(value, 300)];
const texts: Check = ['a list of names', (value) => Array.isArray(value) && value.length > 0 && value.every(isName)];
const whole = (least: number, most: number): Check => [
  `a whole number from ${least} to ${most}`,
  (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
];

const checks: Readonly<Record<keyof ScheduledEvalInput, Check>> = {
  target: ['a step, or name@version of a prompt', isName],
  data: path,
  baseline: path,
  pools: texts,
  variants: texts,
  judge: ['the name of a step', isName],
  limit: whole(1, 1_000_000),
  threshold: ['a number from 0 to 1', (value) => typeof value === 'number' && value >= 0 && value <= 1],
  budgetUsd: ['an amount above 0', (value) => typeof value === 'number' && value > 0 && Number.isFinite(value)],
  concurrency: whole(1, 256),
  notify: texts,
  alertAfter: whole(1, 30),
  againAfter: [durationWords, (value) => typeof value === 'string' && parseDurationMs(value) !== undefined],
};
const required: readonly string[] = ['target', 'data', 'baseline'];

/** Checks an input that may have come from anywhere. Throws `Pipeline.InvalidInput` naming field and received value. */
export function parseScheduledEval(value: unknown): ScheduledEvalInput {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('input', 'an object such as {"target": "support.intent", "data": "…", "baseline": "…"}', value);
  }
  const input = value as Record<string, unknown>;
  const unknownField = Object.keys(input).find((key) => !Object.hasOwn(checks, key));
  if (unknownField !== undefined) {
    throw invalid(unknownField, `no field of this name (known: ${Object.keys(checks).join(', ')})`, undefined);
  }
  for (const [field, [expected, isGood]] of Object.entries(checks)) {
    if (input[field] === undefined && !required.includes(field)) continue;
    if (!isGood(input[field])) throw invalid(field, expected, input[field]);
  }
  return value as ScheduledEvalInput;
}

function isName(value: unknown): boolean {
  return isText(value, 200);
}

function isText(value: unknown, most: number): boolean {
  return typeof value === 'string' && value !== '' && value.length <= most;
}

function invalid(field: string, expected: string, received: unknown): HoldfastError {
  const shown = received === undefined ? 'nothing' : JSON.stringify(received).slice(0, 80);
  const told = `scheduledEval: ${field}: expected ${expected}, received ${shown}`;
  return new HoldfastError('Pipeline.InvalidInput', told, { field });
}
