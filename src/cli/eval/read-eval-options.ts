/** The options of `holdfast eval`, checked before anything is read or called. */
import type { SpendLimits } from '../../contracts/step';
import { UsageError } from '../failure';
import { readNumber } from '../plan/asked-plan';
import { readBudgetOptions } from '../read-budget-options';

export interface EvalOptions {
  readonly data?: string;
  readonly matrix?: boolean;
  readonly variants?: string;
  readonly pool?: string;
  readonly endpoint?: string;
  readonly judge?: string;
  readonly threshold?: string;
  readonly baseline?: string;
  readonly junit?: string;
  readonly jsonOut?: string;
  readonly limit?: string;
  readonly concurrency: string;
  readonly seed: string;
  readonly id?: string;
  readonly tenant: string;
  readonly budgetUsd?: string;
}

export interface AskedEval {
  /** A step, or `name@version` of a prompt; absent = every step, as a matrix. */
  readonly target?: string;
  /** A file, or the folder of the matrix. */
  readonly data: string;
  readonly variants?: readonly string[];
  readonly pools?: readonly string[];
  readonly endpoints?: readonly string[];
  readonly judge?: string;
  readonly threshold?: number;
  readonly baseline?: string;
  readonly junit?: string;
  readonly jsonOut?: string;
  readonly limit?: number;
  readonly concurrency: number;
  readonly seed: number;
  readonly id?: string;
  readonly tenant: string;
  readonly budget?: SpendLimits;
}

export const usualFolder = 'evals';
const mostAtOnce = 256;

/** Throws `UsageError` that names the option, what was expected and what was received. */
export function readEvalOptions(target: string | undefined, options: EvalOptions): AskedEval {
  const { data, judge, baseline, junit, jsonOut, id, tenant, budgetUsd } = options;
  const isMatrix = options.matrix === true;
  checkShape(target, options);
  const budget = readBudgetOptions(budgetUsd === undefined ? {} : { budgetUsd });
  const names = (option: string, text: string | undefined) => (text === undefined ? undefined : namesIn(option, text));
  const asked = {
    ...(isMatrix ? {} : { target }),
    data: data ?? usualFolder,
    variants: names('--variants', options.variants),
    pools: names('--pool', options.pool),
    endpoints: names('--endpoint', options.endpoint),
    judge,
    threshold: options.threshold === undefined ? undefined : shareOf('--threshold', options.threshold),
    baseline,
    junit,
    jsonOut,
    limit: options.limit === undefined ? undefined : wholeOf('--limit', options.limit, [1]),
    concurrency: wholeOf('--concurrency', options.concurrency, [1, mostAtOnce]),
    seed: wholeOf('--seed', options.seed, [0, 4_294_967_295]),
    id: id === undefined ? undefined : idOf(id),
    tenant,
    budget: budget?.usd === undefined ? undefined : { usd: budget.usd },
  };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as unknown as AskedEval;
}

function checkShape(target: string | undefined, { matrix, data, pool, endpoint }: EvalOptions): void {
  if (matrix !== true) {
    if (target === undefined)
      throw new UsageError('what is to be tried? name a step or a prompt@version, or give --matrix');
    if (data === undefined) throw new UsageError('--data: expected a file of JSON lines');
    return;
  }
  if (target !== undefined) throw new UsageError(`--matrix tries every step: leave "${target}" out, or --matrix`);
  const [other] = Object.entries({ '--pool': pool, '--endpoint': endpoint }).filter(([, value]) => value !== undefined);
  if (other !== undefined) throw new UsageError(`${other[0]} cannot be given with --matrix, which tries every tier`);
}

function namesIn(option: string, text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (names.includes(''))
    throw new UsageError(`${option}: expected names with commas between them, received "${text}"`);
  if (twice !== undefined) throw new UsageError(`${option}: "${twice}" is there twice`);
  return names;
}

function shareOf(option: string, text: string): number {
  const value = readNumber(text);
  if (value !== undefined && value >= 0 && value <= 1) return value;
  throw new UsageError(`${option}: expected a number from 0 to 1, received "${text}"`);
}

function wholeOf(option: string, text: string, [least, most = Number.MAX_SAFE_INTEGER]: [number, number?]): number {
  const value = readNumber(text);
  if (value !== undefined && Number.isInteger(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
  throw new UsageError(`${option}: expected a whole number ${range}, received "${text}"`);
}

/** It is part of keys in Redis. */
function idOf(id: string): string {
  if (/^[\w.:-]{1,100}$/.test(id)) return id;
  throw new UsageError(`--id: expected 1 to 100 letters, digits and . _ : -, received "${id.slice(0, 100)}"`);
}
