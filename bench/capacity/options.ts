/** The command line of `npm run bench:capacity`. */
import { parseArgs } from 'node:util';
import { HoldfastError } from '../../src/errors';

export const parts = ['virtual', 'peers', 'realTime'] as const;
export type Part = (typeof parts)[number];

export interface BenchOptions {
  /** Print the result as one JSON line on standard output. */
  readonly isJson: boolean;
  /** A cell of each kind instead of the matrix, one seed, real time only when asked for by `--parts`, and then shorter. */
  readonly isQuick: boolean;
  /** 1 to so many. */
  readonly seeds: readonly number[];
  readonly parts: readonly Part[];
  /** Only cells whose name contains all of these words, e.g. `azure judged10s 3x1.2`. */
  readonly only: readonly string[];
}

const usage =
  'npm run bench:capacity -- [--json] [--quick] [--seeds n] [--parts virtual,peers,realTime] [--only "words"]';
const mostSeeds = 100;

/** @throws Config.Invalid for an option that is unknown or makes no sense */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { json, quick, seeds, parts: named, only } = parse(args);
  return {
    isJson: json,
    isQuick: quick,
    seeds: seedsOf(seeds ?? (quick ? '1' : '3')),
    parts: partsOf(named ?? (quick ? 'virtual,peers' : parts.join(','))),
    only: only.split(/\s+/).filter((word) => word !== ''),
  };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        seeds: { type: 'string' },
        parts: { type: 'string' },
        only: { type: 'string', default: '' },
      },
    });
    return values;
  } catch (error) {
    throw invalid((error as Error).message.replace(/\.\s.*$/s, ''));
  }
}

function seedsOf(text: string): readonly number[] {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > mostSeeds) {
    throw invalid(`--seeds is "${text}"; it must be a whole number from 1 to ${mostSeeds}`);
  }
  return Array.from({ length: count }, (_, index) => index + 1);
}

function partsOf(text: string): readonly Part[] {
  const named = text.split(',').map((name) => name.trim());
  const unknown = named.find((name) => !parts.some((part) => part === name));
  if (unknown !== undefined) throw invalid(`--parts names "${unknown}"; there are ${parts.join(', ')}`);
  return parts.filter((part) => named.includes(part));
}

function invalid(what: string): HoldfastError {
  return new HoldfastError('Config.Invalid', `${what}. Usage: ${usage}`);
}
