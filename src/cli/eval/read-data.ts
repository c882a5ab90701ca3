/** Data sets and baselines from files. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readDataSet } from '../../evals';
import type { DataSet } from '../../evals';
import { UsageError } from '../failure';

/** A hundred thousand rows of 600 characters; more is no data set for an eval. */
const largestBytes = 64 * 1024 * 1024;

/** Throws `UsageError` naming the option when the file cannot be read. */
export function readTextFile(option: string, file: string): string {
  try {
    const { size } = statSync(file);
    if (size > largestBytes)
      throw new UsageError(`${option}: "${file}" has ${size} bytes, at most ${largestBytes} are read`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw error instanceof UsageError ? error : unreadable(option, file, error);
  }
}

/** @param place - of the file among those of its step, 0 first */
export function readData(file: string, place = 0): DataSet {
  return readDataSet(file, readTextFile('--data', file), place);
}

/** `<folder>/<step>/*.jsonl` by step: all files of a step together, each with the rows of its own. */
export function readFolder(folder: string): Map<string, DataSet[]> {
  const sets = new Map<string, DataSet[]>();
  for (const step of namesIn(folder, true)) {
    const files = namesIn(join(folder, step), false).filter((name) => name.endsWith('.jsonl'));
    if (files.length > 0)
      sets.set(
        step,
        files.map((name, place) => readData(join(folder, step, name), place)),
      );
  }
  if (sets.size > 0) return sets;
  throw new UsageError(
    `--data: there is no data set in "${folder}"; expected ${join(folder, '<step>', '<name>.jsonl')}`,
  );
}

function namesIn(folder: string, isOfFolders: boolean): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() === isOfFolders && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    throw unreadable('--data', folder, error);
  }
}

function unreadable(option: string, path: string, error: unknown): UsageError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  const problem = code === 'ENOENT' ? `there is no "${path}"` : `"${path}" cannot be read (${code})`;
  return new UsageError(`${option}: ${problem}`, { cause: error });
}
