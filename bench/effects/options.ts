/** The command line of `npm run chaos:effects`. */
import { parseArgs } from 'node:util';
import { HoldfastError } from '../../src/errors';

export interface EffectsOptions {
  /** Print the result as one JSON line on standard output. */
  readonly isJson: boolean;
  /** Runs, each with an order and its message. */
  readonly orders: number;
  /** Processes of the order service that are killed, half at named points, half at random. */
  readonly kills: number;
  /** Runs that are reset to their start once everything is done. */
  readonly resets: number;
  /** Decides who is killed when. */
  readonly seed: number;
}

const usage = 'npm run chaos:effects -- [--json] [--orders n] [--kills n] [--resets n] [--seed n]';

/** @throws Config.Invalid for an option that is unknown or makes no sense */
export function parseOptions(args: readonly string[], random: () => number = Math.random): EffectsOptions {
  const { json, orders, kills, resets, seed } = parse(args);
  const options = {
    isJson: json,
    orders: countOf('--orders', orders, 1),
    kills: countOf('--kills', kills, 0),
    resets: countOf('--resets', resets, 0),
    seed: seed === undefined ? Math.floor(random() * 2 ** 31) : countOf('--seed', seed, 0),
  };
  if (options.resets <= options.orders) return options;
  throw invalid(`--resets is ${options.resets}, more than --orders (${options.orders})`);
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        orders: { type: 'string', default: '300' },
        kills: { type: 'string', default: '30' },
        resets: { type: 'string', default: '50' },
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
