/** The command line of `npm run chaos:capacity`. */
import { parseArgs } from 'node:util';
import { HoldfastError } from '../../src/errors';
import { faultKinds } from './faults';
import type { FaultKind } from './faults';

export interface ChaosOptions {
  /** Print the result as one JSON line on standard output. */
  readonly isJson: boolean;
  /** Length of the run, without the start of its servers. */
  readonly minutes: number;
  /** Drives order and victims of the faults, sizes and arrivals of the calls, and the simulator. */
  readonly seed: number;
  /** In the order of `faultKinds`. */
  readonly kinds: readonly FaultKind[];
  /** Show the run in steps of ten seconds. */
  readonly showsTimeline: boolean;
  /** Where the faults' times and the provider's ledger are written, as JSON. */
  readonly keepFile?: string;
}

const usage =
  'npm run chaos:capacity -- [--json] [--minutes n] [--seed n] [--only fault,fault] [--timeline] [--keep file]';
const defaultMinutes = 14;
const largestSeed = 2 ** 31 - 1;

/** @throws Config.Invalid for an option that is unknown or makes no sense */
export function parseOptions(args: readonly string[], random: () => number = Math.random): ChaosOptions {
  const { json, minutes, seed, only, timeline, keep } = parse(args);
  return {
    isJson: json,
    minutes: minutes === undefined ? defaultMinutes : minutesOf(minutes),
    seed: seed === undefined ? Math.floor(random() * largestSeed) : seedOf(seed),
    kinds: only === undefined ? faultKinds : kindsOf(only),
    showsTimeline: timeline,
    ...(keep === undefined ? {} : { keepFile: keep }),
  };
}

function parse(args: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean', default: false } as const;
    const options = { json: flag, minutes: text, seed: text, only: text, timeline: flag, keep: text } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw invalid((error as Error).message.replace(/\.\s.*$/s, ''));
  }
}

function minutesOf(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0 && value <= 120) return value;
  throw invalid(`--minutes is "${text}"; it must be a number above 0 and at most 120`);
}

function seedOf(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= largestSeed) return value;
  throw invalid(`--seed is "${text}"; it must be a whole number from 0 to ${largestSeed}`);
}

function kindsOf(text: string): readonly FaultKind[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !faultKinds.includes(name as FaultKind));
  if (unknown !== undefined) throw invalid(`--only names "${unknown}"; the faults are ${faultKinds.join(', ')}`);
  return faultKinds.filter((kind) => names.includes(kind));
}

function invalid(what: string): HoldfastError {
  return new HoldfastError('Config.Invalid', `${what}. Usage: ${usage}`);
}
