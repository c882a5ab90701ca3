/** The command line of `npm run chaos:journal`. */
import { parseArgs } from 'node:util';
import type { CrashPoint } from '../../src/activities/ports';
import { HoldfastError } from '../../src/errors';
import { allPoints, stepKinds } from './cases';
import type { StepKind } from './cases';

export interface ChaosOptions {
  /** Print the result as one JSON line on standard output. */
  readonly isJson: boolean;
  readonly kinds: readonly StepKind[];
  readonly points: readonly CrashPoint[];
  /** Cases under way at once. */
  readonly atOnce: number;
  /** Workers killed at random moments under load, after the named points. 0 = none. */
  readonly kills: number;
  /** Decides when and which. */
  readonly seed: number;
}

const usage =
  'npm run chaos:journal -- [--json] [--kinds kind,kind] [--points point,point] [--at-once n] [--kills n] [--seed n]';

/** @throws Config.Invalid for an option that is unknown or makes no sense */
export function parseOptions(args: readonly string[], random: () => number = Math.random): ChaosOptions {
  const { json, kinds, points, 'at-once': atOnce, kills, seed } = parse(args);
  return {
    isJson: json,
    kinds: namesOf('--kinds', kinds, stepKinds),
    points: namesOf('--points', points, allPoints),
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
        kinds: { type: 'string' },
        points: { type: 'string' },
        'at-once': { type: 'string', default: '6' },
        kills: { type: 'string', default: '30' },
        seed: { type: 'string' },
      },
    });
    return values;
  } catch (error) {
    throw invalid((error as Error).message.replace(/\.\s.*$/s, ''));
  }
}

function namesOf<Name extends string>(
  option: string,
  text: string | undefined,
  known: readonly Name[],
): readonly Name[] {
  if (text === undefined) return known;
  return text.split(',').map((name) => {
    const found = known.find((candidate) => candidate === name);
    if (found === undefined) throw invalid(`${option}: "${name}" is none of ${known.join(', ')}`);
    return found;
  });
}

function countOf(option: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= least) return value;
  throw invalid(`${option} is "${text}"; it must be a whole number of at least ${least}`);
}

function invalid(what: string): HoldfastError {
  return new HoldfastError('Config.Invalid', `${what}. Usage: ${usage}`);
}
