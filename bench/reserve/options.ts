/** The command line of `npm run bench:reserve`. */
import { parseArgs } from 'node:util';
import { HoldfastError } from '../../src/errors';

export type CellSet = 'full' | 'small';

export interface BenchOptions {
  /** Print the result as one JSON line on standard output. */
  readonly isJson: boolean;
  /** Time spent in reserve per cell, seconds; the floors take as long again, ending the reservations about as long. */
  readonly seconds: number;
  /** After this many seconds no further cell is begun. */
  readonly maxSeconds: number;
  readonly cells: CellSet;
  /** Keep the append-only file with an fsync per batch of writes, as in the embedded mode. */
  readonly isDurable: boolean;
}

const usage = 'npm run bench:reserve -- [--json] [--seconds n] [--max-seconds n] [--cells full|small] [--durable]';

/** @throws Config.Invalid for an option that is unknown or makes no sense */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { json, seconds, 'max-seconds': maxSeconds, cells, durable } = parse(args);
  if (cells !== 'full' && cells !== 'small') throw invalid(`--cells is "${cells}"; it must be full or small`);
  return {
    isJson: json,
    seconds: secondsOf('--seconds', seconds),
    maxSeconds: secondsOf('--max-seconds', maxSeconds),
    cells,
    isDurable: durable,
  };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        seconds: { type: 'string', default: '0.75' },
        'max-seconds': { type: 'string', default: '165' },
        cells: { type: 'string', default: 'full' },
        durable: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    throw invalid((error as Error).message.replace(/\.\s.*$/s, ''));
  }
}

function secondsOf(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw invalid(`${name} is "${text}"; it must be a number of seconds above 0`);
}

function invalid(what: string): HoldfastError {
  return new HoldfastError('Config.Invalid', `${what}. Usage: ${usage}`);
}
