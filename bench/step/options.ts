/** The command line of `npm run bench:step`. */
import { parseArgs } from 'node:util';
import { HoldfastError } from '../../src/errors';

export interface BenchOptions {
  /** Print the result as one JSON line on standard output. */
  readonly isJson: boolean;
  /** How often each pair of measurements is repeated; the two sides take turns. */
  readonly rounds: number;
  /** A tenth of the work: to see that it runs. */
  readonly isQuick: boolean;
}

const usage = 'npm run bench:step -- [--json] [--rounds n] [--quick]';

/** @throws Config.Invalid for an option that is unknown or makes no sense */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { json, rounds, quick } = parse(args);
  const count = Number(rounds);
  if (!Number.isInteger(count) || count < 1)
    throw invalid(`--rounds is "${rounds}"; it must be a whole number above 0`);
  return { isJson: json, rounds: quick ? 1 : count, isQuick: quick };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        rounds: { type: 'string', default: '4' },
        quick: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    throw invalid((error as Error).message.replace(/\.\s.*$/s, ''));
  }
}

function invalid(what: string): HoldfastError {
  return new HoldfastError('Config.Invalid', `${what}. Usage: ${usage}`);
}
