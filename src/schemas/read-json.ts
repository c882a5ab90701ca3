import { scanJson } from './scan-json';

/** Answers are read from history and journal: larger ones would not have fitted there. */
const longestAnswer = 2_000_000;

export type ReadJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly issue: string };

/**
 * The JSON object in a model's answer. A Markdown fence or a sentence around it does no harm; broken JSON is reported
 * with line and column, and no repair is guessed.
 */
export function readJson(text: string): ReadJson {
  if (text.length > longestAnswer) {
    return { ok: false, issue: `(whole answer): it has ${text.length} characters; at most ${longestAnswer} are read` };
  }
  const start = text.search(/[{[]/);
  if (start === -1) return { ok: false, issue: '(whole answer): expected a JSON object, found no "{"' };
  const scan = scanJson(text, start);
  if (!scan.ok) return { ok: false, issue: `${placeOf(text, scan.offset)}: ${scan.problem}` };
  return { ok: true, value: JSON.parse(text.slice(start, scan.end)) };
}

function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return `line ${line}, column ${offset - before.lastIndexOf('\n')}`;
}
