/** The command line of `npm run conformance`. */
import { parseArgs } from 'node:util';
import { HoldfastError } from '../../src/errors';
import { sources } from './case';
import type { Run, Source } from './case';
import { targetNames } from './targets';

export interface ConformanceOptions {
  /** Print the result as one JSON line on standard output. */
  readonly isJson: boolean;
  /** Only cases whose id this matches. */
  readonly only?: RegExp;
  /** A provider with all its wire formats, or one of them: `openai`, `openai/chat`. */
  readonly provider?: string;
  readonly source?: Source;
  readonly seed: number;
  /** Runs under way at once. */
  readonly concurrency: number;
  /** Write `docs/conformance.md` and run nothing. */
  readonly isWritingDocs: boolean;
}

const usage =
  'npm run conformance -- [--json] [--only pattern] [--provider name] [--source simulator|aimock|wire] [--seed n] [--concurrency n] [--write-docs]';

/** @throws Config.Invalid for an option that is unknown or makes no sense */
export function parseOptions(args: readonly string[]): ConformanceOptions {
  const values = parse(args);
  const { only, provider, source } = values;
  return {
    isJson: values.json,
    ...(only === undefined ? {} : { only: patternOf(only) }),
    ...(provider === undefined ? {} : { provider: providerOf(provider) }),
    ...(source === undefined ? {} : { source: sourceOf(source) }),
    seed: wholeNumberOf('--seed', values.seed, 0),
    concurrency: wholeNumberOf('--concurrency', values.concurrency, 1),
    isWritingDocs: values['write-docs'],
  };
}

export function isWanted({ case: one, target, source }: Run, options: ConformanceOptions): boolean {
  const { only, provider } = options;
  return (
    (only?.test(one.id) ?? true) &&
    (provider === undefined || isOf(target.name, provider)) &&
    (options.source === undefined || options.source === source)
  );
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        only: { type: 'string' },
        provider: { type: 'string' },
        source: { type: 'string' },
        seed: { type: 'string', default: '1' },
        concurrency: { type: 'string', default: '12' },
        'write-docs': { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    throw invalid((error as Error).message.replace(/\.\s.*$/s, ''));
  }
}

function isOf(target: string, provider: string): boolean {
  return target === provider || target.startsWith(`${provider}/`);
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw invalid(`--only is "${text}"; it must be a regular expression over ids such as "status/"`);
  }
}

function providerOf(text: string): string {
  if (targetNames.some((target) => isOf(target, text))) return text;
  throw invalid(`--provider is "${text}"; it must be one of ${targetNames.join(', ')}, or the part before the slash`);
}

function sourceOf(text: string): Source {
  const source = sources.find((one) => one === text);
  if (source === undefined) throw invalid(`--source is "${text}"; it must be one of ${sources.join(', ')}`);
  return source;
}

function wholeNumberOf(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
  throw invalid(`${name} is "${text}"; it must be a whole number from ${least}`);
}

function invalid(what: string): HoldfastError {
  return new HoldfastError('Config.Invalid', `${what}. Usage: ${usage}`);
}
