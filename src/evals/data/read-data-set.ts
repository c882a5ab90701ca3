/** A data set is JSON lines: `{ "id": …, "variables": { … }, "expect": { … } }`. docs/evals.md lists the assertions. */
import type { JsonObject } from '../../contracts/json';
import { HoldfastError } from '../../errors';
import { isObject, show } from './json-kinds';
import { readExpect } from './read-expect';
import type { DataSet, EvalRow } from './row';

/** More lines than any file has. */
const linesPerFile = 10_000_000;
/** More lines than anyone reads at once. */
const mostProblems = 20;
const rowKeys = ['id', 'variables', 'expect'];

/**
 * Throws one `Config.Invalid` with a line per problem: file, line, path, what was expected and what was received.
 *
 * @param file - for messages
 * @param place - of the file among those of its target, 0 first
 */
export function readDataSet(file: string, text: string, place = 0): DataSet {
  const problems: string[] = [];
  const byId = new Map<string, EvalRow>();
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const report = (problem: string): void => void problems.push(`${file}:${index + 1}: ${problem}`);
    const row = readRow(line, report);
    const twin = row && byId.get(row.id);
    if (twin !== undefined) report(`id: "${twin.id}" is that of line ${twin.line} already`);
    else if (row !== undefined)
      byId.set(row.id, { ...row, line: index + 1, occurrence: place * linesPerFile + index + 1 });
  }
  if (byId.size === 0 && problems.length === 0)
    problems.push(`${file}: there are no rows, expected one JSON object per line`);
  if (problems.length === 0) return { file, rows: [...byId.values()] };
  const shown = problems.slice(0, mostProblems);
  if (problems.length > mostProblems) shown.push(`${file}: and ${problems.length - mostProblems} problems more`);
  throw new HoldfastError('Config.Invalid', shown.join('\n'), { file });
}

type Report = (problem: string) => void;

function readRow(line: string, report: Report): Omit<EvalRow, 'line' | 'occurrence'> | undefined {
  const value = parse(line, report);
  if (value === undefined) return undefined;
  for (const key of Object.keys(value)) {
    if (!rowKeys.includes(key)) report(`unknown key "${key}", expected ${rowKeys.join(', ')}`);
  }
  const { id, variables, expect } = value;
  if (typeof id !== 'string' || id === '') report(`id: expected a text, received ${show(id)}`);
  if (!isObject(variables)) report(`variables: expected an object, received ${show(variables)}`);
  const assertions = readExpect(expect, report);
  if (typeof id !== 'string' || !isObject(variables)) return undefined;
  return { id, variables, expect: assertions };
}

function parse(line: string, report: Report): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (isObject(value)) return value;
    report(`expected a JSON object, received ${show(value)}`);
  } catch (error) {
    // The parser quotes what it was given, which may be long.
    report(`is not JSON (${(error as SyntaxError).message.replaceAll(/\s+/g, ' ').slice(0, 120)})`);
  }
  return undefined;
}
