/** A plan file, YAML or JSON: `pipelines: [{ name, perHour, count, steps: [{ step | pool, calls, … }] }]`. */
import { readFileSync } from 'node:fs';
import { didYouMean } from '../../config/closest';
import { parseYaml } from '../../config/parse-yaml';
import { invalidConfig } from '../../config/problems';
import type { Problem } from '../../config/problems';
import { UsageError } from '../failure';
import { expectations, readNumber } from './asked-plan';
import type { AskedCall, AskedPipeline } from './asked-plan';

type Path = Problem['path'];
type Fields = Readonly<Record<string, unknown>>;

const pipelineFields = ['name', 'perHour', 'count', 'steps'] as const;
const callFields = ['step', 'pool', 'calls', 'inputTokens', 'outputTokens', 'maxOutputTokens', 'seconds'] as const;

/** Throws `UsageError` when the file cannot be read, `Config.Invalid` with one line per problem in it. */
export function readPlanFile(file: string): AskedPipeline[] {
  const parsed = parseYaml(textOf(file));
  if (!parsed.ok) throw invalidConfig(file, parsed.problems);
  const problems: Problem[] = [];
  const pipelines = new Reader(problems).plan(parsed.value);
  if (problems.length > 0) throw invalidConfig(file, problems);
  return pipelines;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    const problem = code === 'ENOENT' ? `there is no file "${file}"` : `"${file}" cannot be read (${code})`;
    throw new UsageError(`--file: ${problem}`, { cause: error });
  }
}

/** Goes on after a problem, so that all of them are told at once; what it returns then is not used. */
class Reader {
  constructor(private readonly problems: Problem[]) {}

  plan(value: unknown): AskedPipeline[] {
    const fields = this.fields(value, [], ['pipelines']);
    return this.list(fields['pipelines'], ['pipelines'], (entry, path) => this.pipeline(entry, path));
  }

  private pipeline(value: unknown, path: Path): AskedPipeline {
    const fields = this.fields(value, path, pipelineFields);
    const { steps } = fields;
    return {
      name: this.text(fields, 'name', path) ?? this.report([...path, 'name'], 'is missing, expected a name') ?? '',
      ...this.numbers(fields, path, ['perHour', 'count']),
      fromUsual: steps === undefined,
      calls: steps === undefined ? [] : this.list(steps, [...path, 'steps'], (entry, at) => this.call(entry, at)),
    };
  }

  private call(value: unknown, path: Path): AskedCall {
    const fields = this.fields(value, path, callFields);
    const [step, pool] = [this.text(fields, 'step', path), this.text(fields, 'pool', path)];
    if (step === undefined && pool === undefined) this.report(path, 'expected a step or a pool');
    return {
      ...(step === undefined ? {} : { step }),
      ...(pool === undefined ? {} : { pool }),
      ...this.numbers(fields, path, ['calls', 'inputTokens', 'outputTokens', 'maxOutputTokens', 'seconds']),
    };
  }

  private fields(value: unknown, path: Path, known: readonly string[]): Fields {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.report(path, `expected a map with ${known.join(', ')}`);
      return {};
    }
    for (const key of Object.keys(value)) {
      if (known.includes(key)) continue;
      this.report(path, `unknown key "${key}"${didYouMean(key, known) || `, expected one of ${known.join(', ')}`}`);
    }
    return value as Fields;
  }

  private list<T>(value: unknown, path: Path, read: (entry: unknown, path: Path) => T): T[] {
    if (Array.isArray(value) && value.length > 0) return value.map((entry, index) => read(entry, [...path, index]));
    this.report(path, 'expected a list with at least one entry');
    return [];
  }

  private text(fields: Fields, key: string, path: Path): string | undefined {
    const value = fields[key];
    if (value === undefined || (typeof value === 'string' && value !== '')) return value;
    this.report([...path, key], `expected a name, received ${JSON.stringify(value)}`);
    return undefined;
  }

  private numbers<Key extends keyof typeof expectations>(
    fields: Fields,
    path: Path,
    keys: readonly Key[],
  ): Partial<Record<Key, number>> {
    const found: Partial<Record<Key, number>> = {};
    for (const key of keys) {
      const value = fields[key];
      if (value === undefined) continue;
      const number = readNumber(value);
      const { holds, text } = expectations[key];
      if (number !== undefined && holds(number)) found[key] = number;
      else this.report([...path, key], `expected ${text}, received ${JSON.stringify(value)}`);
    }
    return found;
  }

  private report(path: Path, text: string): undefined {
    this.problems.push({ path, text });
  }
}
