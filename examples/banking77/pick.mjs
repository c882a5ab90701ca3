/**
 * Makes questions.jsonl out of the training part of BANKING77:
 *
 *   node examples/banking77/pick.mjs banking_data/train.csv > examples/banking77/questions.jsonl
 *
 * The same rows every time: those of an intent that come first by the digest of their place and text. None of the rows of
 * examples/evals, so that a prompt can be tried there and used here. In the digest's order, so that any beginning of the
 * file is a mixture of intents.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const perIntent = 26;
const evals = new URL('../evals/data/support.intent/banking77.jsonl', import.meta.url);

const [, , csvFile] = process.argv;
if (csvFile === undefined) {
  console.error('usage: node pick.mjs <train.csv of BANKING77>');
  process.exit(2);
}

const taken = new Set(
  readFileSync(evals, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).variables.question),
);
const chosen = new Map();
for (const row of readRows(readFileSync(csvFile, 'utf8')).sort((a, b) => (a.digest < b.digest ? -1 : 1))) {
  const rows = chosen.get(row.intent) ?? [];
  chosen.set(row.intent, rows);
  if (rows.length < perIntent && !taken.has(row.text) && !rows.some(({ text }) => text === row.text)) rows.push(row);
}
for (const { id, text, intent } of [...chosen.values()].flat().sort((a, b) => (a.digest < b.digest ? -1 : 1))) {
  process.stdout.write(`${JSON.stringify({ id, text, intent })}\n`);
}

/** Rows of the CSV after its heading. Blanks become single ones; the id is the row's place in the file, 1 first. */
function readRows(csv) {
  return splitRows(csv)
    .slice(1)
    .map(([field, intent], index) => {
      const text = field.trim().replaceAll(/\s+/g, ' ');
      const id = `b77-${String(index + 1).padStart(5, '0')}`;
      return { id, text, intent, digest: createHash('sha256').update(`${id} ${text}`).digest('hex') };
    });
}

/** Fields as RFC 4180 has them: some are quoted, with line breaks and doubled quotes inside. */
function splitRows(csv) {
  const rows = [];
  let row = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g;
  for (const [match, quoted, plain, end] of csv.matchAll(field)) {
    if (match === '') break;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
