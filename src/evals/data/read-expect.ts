import type { JsonObject, JsonValue } from '../../contracts/json';
import { HoldfastError } from '../../errors';
import { parsePattern } from '../regex/parse-pattern';
import { isObject, show } from './json-kinds';
import type { Assertion, AssertionKind } from './row';

type Report = (problem: string) => void;
type Reader = (value: JsonValue, report: Report) => Assertion[];

/** Score, 0–1, below which a judged row does not pass unless it says another. */
const usualAtLeast = 0.7;

const readers: Readonly<Record<AssertionKind, Reader>> = {
  schema(value, report) {
    if (value === true) return [{ kind: 'schema' }];
    return isText(value) ? [{ kind: 'schema', schema: value }] : refuse(report, 'true or the name of a schema', value);
  },
  exact: (value) => [{ kind: 'exact', value }],
  contains: (value, report) => textsOf(value, report).map((text) => ({ kind: 'contains', text })),
  notContains: (value, report) => textsOf(value, report).map((text) => ({ kind: 'notContains', text })),
  equals(value, report) {
    if (!isObject(value) || Object.keys(value).length === 0) return refuse(report, 'paths with their values', value);
    return Object.entries(value).map(([path, expected]) => ({ kind: 'equals', path, value: expected }));
  },
  numeric: (value, report) => listOf(value).flatMap((one) => readNumeric(one, report)),
  regex: (value, report) => listOf(value).flatMap((one) => readRegex(one, report)),
  judge: (value, report) => listOf(value).flatMap((one) => readJudge(one, report)),
};

/** What is wrong is reported with its path; what is returned then is not used. */
export function readExpect(value: unknown, report: Report): Assertion[] {
  if (!isObject(value) || Object.keys(value).length === 0) {
    report(`expect: expected an object with at least one assertion, received ${show(value)}`);
    return [];
  }
  const kinds = Object.keys(readers);
  return Object.entries(value).flatMap(([kind, own]) => {
    if (!isKind(kind)) {
      report(`expect: unknown assertion "${kind}", expected one of ${kinds.join(', ')}`);
      return [];
    }
    return readers[kind](own, (problem) => report(`expect.${kind}: ${problem}`));
  });
}

function readNumeric(value: JsonValue, report: Report): Assertion[] {
  const fields = fieldsOf(value, ['path', 'value', 'tolerance'], report);
  const { path = '', value: expected, tolerance = 0 } = fields;
  if (typeof path !== 'string') return refuse(report, 'path as text', path);
  if (typeof expected !== 'number') return refuse(report, 'value as a number', expected);
  if (typeof tolerance !== 'number' || tolerance < 0) return refuse(report, 'tolerance as a number from 0', tolerance);
  return [{ kind: 'numeric', path, value: expected, tolerance }];
}

function readRegex(value: JsonValue, report: Report): Assertion[] {
  const fields = isText(value) ? { pattern: value } : fieldsOf(value, ['pattern', 'path', 'ignoreCase'], report);
  const { pattern: source, path, ignoreCase = false }: JsonObject = fields;
  if (!isText(source)) return refuse(report, 'a pattern', source);
  if (path !== undefined && typeof path !== 'string') return refuse(report, 'path as text', path);
  if (typeof ignoreCase !== 'boolean') return refuse(report, 'ignoreCase as true or false', ignoreCase);
  try {
    const pattern = parsePattern(source, { ignoreCase });
    return [{ kind: 'regex', source, pattern, ...(path === undefined ? {} : { path }) }];
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    report(error.message);
    return [];
  }
}

function readJudge(value: JsonValue, report: Report): Assertion[] {
  const fields = isText(value) ? { criteria: value } : fieldsOf(value, ['criteria', 'step', 'atLeast'], report);
  const { criteria, step, atLeast = usualAtLeast }: JsonObject = fields;
  if (!isText(criteria)) return refuse(report, 'criteria as text', criteria);
  if (step !== undefined && !isText(step)) return refuse(report, 'step as a name', step);
  if (typeof atLeast !== 'number' || atLeast < 0 || atLeast > 1) return refuse(report, 'atLeast from 0 to 1', atLeast);
  return [{ kind: 'judge', criteria, ...(step === undefined ? {} : { step }), atLeast }];
}

function textsOf(value: JsonValue, report: Report): readonly string[] {
  const texts = listOf(value);
  if (texts.length > 0 && texts.every(isText)) return texts;
  refuse(report, 'a text or a list of texts', value);
  return [];
}

function fieldsOf(value: JsonValue, known: readonly string[], report: Report): JsonObject {
  if (!isObject(value)) {
    report(`expected an object with ${known.join(', ')}, received ${show(value)}`);
    return {};
  }
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) report(`unknown key "${key}", expected one of ${known.join(', ')}`);
  }
  return value;
}

function refuse(report: Report, expected: string, received: unknown): [] {
  report(`expected ${expected}, received ${show(received)}`);
  return [];
}

function listOf(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isKind(kind: string): kind is AssertionKind {
  return Object.hasOwn(readers, kind);
}
