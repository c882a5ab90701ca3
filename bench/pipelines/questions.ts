/** Real questions of bank customers: see examples/banking77/README.md for where they are from. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const file = join(resolve(__dirname, '..', '..'), 'examples', 'banking77', 'questions.jsonl');

/** @param count - at most as many as the file holds, each another one */
export function readQuestions(count: number, from = 0): string[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const texts = [...new Set(lines.map((line) => (JSON.parse(line) as { readonly text: string }).text))];
  const chosen = texts.slice(from, from + count);
  if (chosen.length < count) throw new Error(`${file} holds ${texts.length} questions, ${from + count} are asked for`);
  return chosen;
}
