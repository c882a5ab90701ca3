/** The list, and what became of its items by the file of results. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { BulkItem, BulkResult } from '../../../src/contracts/pipelines/bulk-classify';

const file = join(resolve(__dirname, '..', '..', '..'), 'examples', 'banking77', 'questions.jsonl');

export async function listQuestions(count: number): Promise<BulkItem[]> {
  const lines = (await readFile(file, 'utf8')).trim().split('\n').slice(0, count);
  return lines.map((line) => JSON.parse(line) as BulkItem);
}

export interface Strays {
  /** Without a result in its place. */
  readonly lost: number;
  /** With more than one. */
  readonly doubled: number;
}

export async function strayItems(items: readonly BulkItem[], path: string | undefined): Promise<Strays> {
  if (path === undefined) return { lost: items.length, doubled: 0 };
  const results = (await readFile(path, 'utf8')).trim().split('\n');
  const ids = results.map((line) => (JSON.parse(line) as BulkResult).id);
  return {
    lost: items.filter(({ id }, place) => ids[place] !== id).length,
    doubled: ids.length - new Set(ids).size,
  };
}
