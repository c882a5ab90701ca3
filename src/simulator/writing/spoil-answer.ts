/** Makes of a right answer what a model of some quality would have said: still of the schema, with mistakes. */
import type { InputRecord } from '../read-input';
import type { Random } from '../random';
import { isNullable, resolveSchema } from './resolve-schema';

/** How well a model reads, as shares of 0 to 1. */
export interface AnswerQuality {
  /** Of the values: something like the right one. Default 0. */
  readonly wrong: number;
  /** Of the values that may be null. Default 0. */
  readonly missing: number;
  /** Of the answers with a mistake: says that it is unsure, where the schema has a confidence. Default 1. */
  readonly noticed: number;
  /** Of the answers without: says so all the same. Default 0. */
  readonly doubted: number;
}

interface Spoiling {
  readonly schema: InputRecord;
  readonly quality: AnswerQuality;
  readonly random: Random;
}

const confidenceName = /confidence|probability|certainty/i;
/** Shares of the range of a confidence. */
const sure = { min: 0.86, max: 0.98 };
const unsure = { min: 0.3, max: 0.65 };

/** Members of the answer itself; what lies deeper stays as it is. A confidence is added where the schema has one. */
export function spoilAnswer(answer: InputRecord, spoiling: Spoiling): InputRecord {
  const { schema, quality, random } = spoiling;
  const { properties } = resolveSchema(schema, schema, false);
  let mistakes = 0;
  const said = Object.keys(properties).map((name) => {
    if (confidenceName.test(name)) return [name, undefined] as const;
    const right = answer[name] ?? null;
    // Drawn for every member, so that one more mistake here changes nothing there.
    const [draw, how] = [random.next(), random.next()];
    const value = spoiled(right, { node: properties[name], draw, how, spoiling });
    if (value !== right) mistakes += 1;
    return [name, value] as const;
  });
  const isUnsure = random.next() < (mistakes > 0 ? quality.noticed : quality.doubted);
  const { min, max } = isUnsure ? unsure : sure;
  const confidence = Number((min + random.next() * (max - min)).toFixed(2));
  return Object.fromEntries(said.map(([name, value]) => [name, value === undefined ? confidence : value]));
}

interface Member {
  readonly node: unknown;
  /** Whether there is a mistake, and which: 0 to 1. */
  readonly draw: number;
  readonly how: number;
  readonly spoiling: Spoiling;
}

function spoiled(right: unknown, { node, draw, how, spoiling: { schema, quality } }: Member): unknown {
  if (right === null) return right;
  const missing = isNullable(node) ? quality.missing : 0;
  if (draw < missing) return null;
  if (draw >= missing + quality.wrong) return right;
  const { values } = resolveSchema(node, schema, false);
  if (values !== undefined) {
    const others = values.filter((value) => value !== right);
    return others[Math.floor(how * others.length)] ?? right;
  }
  if (typeof right === 'number') return Number(otherDigit(String(right), how));
  return typeof right === 'string' ? otherText(right, how) : right;
}

/** One digit is another one: it stays a date, a number, a code. The last may be any, the first of a date might not. */
function otherDigit(text: string, how: number): string {
  const digits = [...text.matchAll(/[0-9]/g)];
  const last = digits.at(-1);
  if (last === undefined) return text;
  const other = (Number(last[0]) + 1 + Math.floor(how * 8)) % 10;
  return `${text.slice(0, last.index)}${other}${text.slice(last.index + 1)}`;
}

/** A digit of what has digits; of a name the end is missing, or two letters have changed places. */
function otherText(text: string, how: number): string {
  if (/\d/.test(text)) return otherDigit(text, how);
  const words = text.split(' ');
  if (words.length > 1 && how < 0.5) return words.slice(0, -1).join(' ');
  const at = 1 + Math.floor(how * Math.max(1, text.length - 3));
  const swapped = `${text.slice(0, at)}${text.charAt(at + 1)}${text.charAt(at)}${text.slice(at + 2)}`;
  return swapped === text ? `${text}s` : swapped;
}
