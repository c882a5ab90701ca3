/**
 * What is wrong with a configuration, said so that it can be mended: one line per problem with file, path and the
 * value received. Long texts are never repeated, as one of them may be a key that was pasted into the wrong place.
 */
import type { z } from 'zod';
import { HoldfastError } from '../errors';

export interface Problem {
  /** Keys from the top of the file; empty = the file as a whole. */
  readonly path: readonly PropertyKey[];
  readonly text: string;
}

/** More lines than anyone reads; a wrong file (a lockfile, say) would print thousands. */
const mostLines = 40;
/** Every provider key is longer than this, so a text this short can be shown. */
const longestShownText = 16;

function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`;
      const name = String(key);
      if (!/^[\w.-]{1,64}$/.test(name)) return `[${JSON.stringify(name.slice(0, 64))}]`;
      return index === 0 ? name : `.${name}`;
    })
    .join('');
}

export function formatProblem(file: string, problem: Problem): string {
  return [file, formatPath(problem.path), problem.text].filter((part) => part !== '').join(': ');
}

export function invalidConfig(file: string, problems: readonly Problem[], cause?: unknown): HoldfastError {
  const lines = problems.slice(0, mostLines).map((problem) => formatProblem(file, problem));
  if (problems.length > mostLines) lines.push(`${file}: and ${problems.length - mostLines} problems more`);
  return new HoldfastError('Config.Invalid', lines.join('\n'), { file }, cause === undefined ? undefined : { cause });
}

function show(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') return 'a map';
  // Of scalars YAML knows numbers (NaN and infinities included), booleans and texts.
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return `a ${typeof value}`;
  return value.length > longestShownText ? `a text of ${value.length} characters` : JSON.stringify(value);
}

/** Problems out of zod's issues. Every schema of ours says what it expects; what came instead is added here. */
export function problemsOf(issues: readonly z.core.$ZodIssue[]): Problem[] {
  return issues.map(({ path, message, code, input }) => {
    if (code === 'custom' || code === 'unrecognized_keys') return { path, text: message };
    if (input === undefined) return { path, text: `is missing, ${message}` };
    return { path, text: `${message}, received ${show(input)}` };
  });
}
