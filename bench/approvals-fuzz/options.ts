/** The command line of `npm run approvals:fuzz`. */
import { parseArgs } from 'node:util';
import { HoldfastError } from '../../src/errors';

export interface FuzzOptions {
  /** Print the result as one JSON line on standard output. */
  readonly isJson: boolean;
  readonly sequences: number;
  /** Questions each run asks, one after the other. */
  readonly perRun: number;
  /** Runs under way at once. */
  readonly atOnce: number;
  /** Workers killed. */
  readonly kills: number;
  /** Decides everything but the clock. */
  readonly seed: number;
}

const usage = 'npm run approvals:fuzz -- [--json] [--sequences n] [--per-run n] [--at-once n] [--kills n] [--seed n]';

/** @throws Config.Invalid for an option that is unknown or makes no sense */
export function parseOptions(args: readonly string[], random: () => number = Math.random): FuzzOptions {
  const { json, sequences, 'per-run': perRun, 'at-once': atOnce, kills, seed } = parse(args);
  return {
    isJson: json,
    sequences: countOf('--sequences', sequences, 1),
    perRun: countOf('--per-run', perRun, 1),
    atOnce: countOf('--at-once', atOnce, 1),
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
        sequences: { type: 'string', default: '10000' },
        'per-run': { type: 'string', default: '40' },
        'at-once': { type: 'string', default: '40' },
        kills: { type: 'string', default: '20' },
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
