/** The command line of `npm run bench:each`. */
import { parseArgs } from 'node:util';
import { HoldfastError } from '../../src/errors';

export interface BenchOptions {
  /** Print the result as one JSON line on standard output. */
  readonly isJson: boolean;
  /** At the quota of the benchmark some twenty a second. */
  readonly items: number;
  /** Workers that are killed on the way, evenly spread over the list. */
  readonly kills: number;
  /** Decides how long answers take. */
  readonly seed: number;
}

const usage = 'npm run bench:each -- [--json] [--items n] [--kills n] [--seed n]';

/** @throws Config.Invalid for an option that is unknown or makes no sense */
export function parseOptions(args: readonly string[], random: () => number = Math.random): BenchOptions {
  const { json, items, kills, seed } = parse(args);
  return {
    isJson: json,
    items: countOf('--items', items, 1),
    kills: countOf('--kills', kills, 0),
    seed: seed === undefined ? Math.floor(random() * 2 ** 31) : countOf('--seed', seed, 0),
  };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        items: { type: 'string', default: '5000' },
        kills: { type: 'string', default: '2' },
        seed: { type: 'string' },
      },
    });
    return values;
  } catch (error) {
    throw invalid((error as Error).message.replace(/\.\s.*$/s, ''));
  }
}

function countOf(option: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= least) return value;
  throw invalid(`${option} is "${text}"; it must be a whole number of at least ${least}`);
}

function invalid(what: string): HoldfastError {
  return new HoldfastError('Config.Invalid', `${what}. Usage: ${usage}`);
}
