/** One pipeline as options describe it: `--calls research.section=4 --tokens research.section=1800/900`. */
import { UsageError } from '../failure';
import { expectations, readNumber } from './asked-plan';
import type { AskedCall, AskedPipeline } from './asked-plan';

export interface PlanOptions {
  readonly pipeline?: string;
  readonly perHour?: string;
  readonly count?: string;
  readonly calls?: readonly string[];
  readonly tokens?: readonly string[];
  readonly seconds?: readonly string[];
}

type NumberName = keyof typeof expectations;

/** Throws `UsageError` that names the option, what was expected and what was received. */
export function readPlanOptions(options: PlanOptions): AskedPipeline {
  const { pipeline, perHour, count } = options;
  if (pipeline === undefined) {
    throw new UsageError('what is to be planned? give --pipeline with --per-hour or --count, or --file');
  }
  const calls = new Map<string, AskedCall>();
  const add = (step: string, more: AskedCall): void => void calls.set(step, { ...calls.get(step), ...more, step });
  for (const { step, value, where } of assignments('--calls', options.calls)) {
    add(step, { calls: numberOf(where, 'calls', value) });
  }
  for (const { step, value, where } of assignments('--tokens', options.tokens)) add(step, tokensOf(where, value));
  for (const { step, value, where } of assignments('--seconds', options.seconds)) {
    add(step, { seconds: numberOf(where, 'seconds', value) });
  }
  return {
    name: pipeline,
    ...(perHour === undefined ? {} : { perHour: numberOf('--per-hour', 'perHour', perHour) }),
    ...(count === undefined ? {} : { count: numberOf('--count', 'count', count) }),
    fromUsual: true,
    calls: [...calls.values()],
  };
}

interface Assignment {
  readonly step: string;
  readonly value: string;
  /** For messages, e.g. `--calls research.section`. */
  readonly where: string;
}

function assignments(option: string, texts: readonly string[] = []): Assignment[] {
  return texts.map((text) => {
    const [, step, value] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (step === undefined || value === undefined) {
      throw new UsageError(`${option}: expected <step>=<value>, received "${text}"`);
    }
    return { step, value, where: `${option} ${step}` };
  });
}

function tokensOf(where: string, text: string): AskedCall {
  const [input, output, ...more] = text.split('/');
  if (input === undefined || output === undefined || more.length > 0) {
    throw new UsageError(`${where}: expected <input>/<output> tokens such as 1800/900, received "${text}"`);
  }
  return {
    inputTokens: numberOf(where, 'inputTokens', input),
    outputTokens: numberOf(where, 'outputTokens', output),
  };
}

function numberOf(where: string, name: NumberName, text: string): number {
  const number = readNumber(text);
  const { holds, text: expected } = expectations[name];
  if (number !== undefined && holds(number)) return number;
  throw new UsageError(`${where}: expected ${expected}, received "${text}"`);
}
