/** Where things of this clone are, seen from dist/cli. */
import { join, resolve } from 'node:path';

export const cloneDirectory = resolve(__dirname, '..', '..');
/** Lock, data and logs of the development stack: one stack per folder. */
export const devDirectory = resolve(process.env['HOLDFAST_DEV_DIRECTORY'] || join(cloneDirectory, '.holdfast', 'dev'));
/** Configuration of `demo lanes`, and an example of one's own. */
export const lanesDirectory = join(cloneDirectory, 'examples', 'lanes');
/** Configuration of `demo stream`, likewise. */
export const streamDirectory = join(cloneDirectory, 'examples', 'stream');
export const simulatorConfigFile = join(cloneDirectory, 'config', 'simulator.json');
export const cliProgram = join(cloneDirectory, 'dist', 'cli', 'main.js');
export const simulatorProgram = join(cloneDirectory, 'dist', 'simulator', 'main.js');

/** `HOLDFAST_PAYLOADS` of a stack that keeps its data in this directory. */
export function payloadsIn(dataDirectory: string): string {
  return `file:${join(dataDirectory, 'payloads')}`;
}
