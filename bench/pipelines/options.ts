/** The command line of `npm run pipelines`. */
import { parseArgs } from 'node:util';
import { HoldfastError } from '../../src/errors';

export interface PipelinesOptions {
  /** Print the result as one JSON line on standard output. */
  readonly isJson: boolean;
  /** Pipelines to run; empty = all. */
  readonly only: readonly string[];
  /** Fewer runs of each. */
  readonly isQuick: boolean;
  /** Decides what the simulator answers and which calls faults strike. */
  readonly seed: number;
}

const usage = 'npm run pipelines -- [--json] [--only name,…] [--quick] [--seed n]';

/** @param known - names of the scenarios; throws Config.Invalid for an option that is unknown or makes no sense */
export function parseOptions(
  args: readonly string[],
  known: readonly string[],
  random: () => number = Math.random,
): PipelinesOptions {
  const { json, only, quick, seed } = parse(args);
  return {
    isJson: json,
    only: namesOf(only, known),
    isQuick: quick,
    seed: seed === undefined ? Math.floor(random() * 2 ** 31) : seedOf(seed),
  };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        only: { type: 'string' },
        quick: { type: 'boolean', default: false },
        seed: { type: 'string' },
      },
    });
    return values;
  } catch (error) {
    throw invalid((error as Error).message.replace(/\.\s.*$/s, ''));
  }
}

function namesOf(text: string | undefined, known: readonly string[]): readonly string[] {
  if (text === undefined) return [];
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw invalid(`--only names "${unknown}"; there are ${known.join(', ')}`);
}

function seedOf(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= 0) return value;
  throw invalid(`--seed is "${text}"; it must be a whole number of at least 0`);
}

function invalid(what: string): HoldfastError {
  return new HoldfastError('Config.Invalid', `${what}. Usage: ${usage}`);
}
