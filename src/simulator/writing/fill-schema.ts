/** Makes a value that is valid for a JSON Schema, with text from the writer. */
import { countItems } from './count-items';
import type { Filling } from './filling';
import { isNullable, resolveSchema } from './resolve-schema';
import type { SchemaNode } from './resolve-schema';
import { rangeOf } from './number-range';
import { planSubjects } from './subjects';
import { termsOf, spellOut } from './words';
import { isQuoteName } from './writer';
import type { Scope } from './writer';

interface Place {
  /** Name of the property, or of the list the item is in. */
  readonly name: string;
  readonly scope: Scope;
  readonly depth: number;
}

/** Below this, recursive schemas are brought to an end. */
const deepest = 8;

export function fillSchema(filling: Filling): unknown {
  return fillNode(filling, filling.root, { name: '', scope: { isQuoting: false }, depth: 0 });
}

function fillNode(filling: Filling, schema: unknown, place: Place): unknown {
  const isDeep = place.depth >= deepest;
  const node = resolveSchema(schema, filling.root, isDeep);
  if (node.values !== undefined) return chooseValue(filling, node.values);
  switch (node.type) {
    case 'object':
      return fillObject(filling, node, place);
    case 'array':
      return fillArray(filling, node, place);
    case 'string':
      return node.pattern === undefined
        ? fillString(filling, node, place)
        : (wordOf(filling, node.pattern) ?? (isNullable(schema) ? null : fillString(filling, node, place)));
    case 'number':
    case 'integer':
      return fillNumber(filling, node, place);
    case 'boolean':
      return filling.random.next() < 0.5;
    case 'null':
      return null;
  }
}

function fillObject(filling: Filling, node: SchemaNode, place: Place): unknown {
  const names = Object.keys(node.properties).filter((name) => place.depth < deepest || node.required.includes(name));
  const scope = { ...place.scope, isQuoting: names.some(isQuoteName) };
  const members = names.map((name) => {
    return [name, fillNode(filling, node.properties[name], { name, scope, depth: place.depth + 1 })] as const;
  });
  return Object.fromEntries(members);
}

function fillArray(filling: Filling, node: SchemaNode, { name, scope, depth }: Place): unknown[] {
  const inside = { name, scope, depth: depth + 1 };
  const fixed = node.prefixItems.map((item) => fillNode(filling, item, inside));
  if (node.items === undefined || node.items === false) return fixed;
  const count = depth >= deepest ? (node.bounds.minItems ?? 0) : countItems({ name, bounds: node.bounds }, filling);
  const item = resolveSchema(node.items, filling.root, depth >= deepest);
  return (
    chapterList(filling, item, { name, scope, count }) ?? [
      ...fixed,
      ...fillItems(filling, node, { ...inside, count: count - fixed.length }),
    ]
  );
}

/** A list of chapter numbers, when that is what is asked for and the prompt has as many. */
function chapterList(
  { writer }: Filling,
  item: SchemaNode,
  { name, scope, count }: { name: string; scope: Scope; count: number },
): number[] | undefined {
  if (!/^chapters?$/i.test(name) || (item.type !== 'integer' && item.type !== 'number')) return undefined;
  const chapters = writer.chaptersOf(scope, count);
  return chapters.length === 0 ? undefined : chapters;
}

/** Tries for another value before a list that wants different ones ends early, e.g. one of an enum. */
const mostRepetitions = 50;

function fillItems(filling: Filling, node: SchemaNode, place: Place & { count: number }): unknown[] {
  const { count, scope } = place;
  const { properties } = resolveSchema(node.items, filling.root, false);
  const isAboutChapters = 'heading' in properties || 'chapters' in properties;
  const subjects = isAboutChapters ? planSubjects(filling.writer.material, count, filling.random) : [];
  const items = new Map<string, unknown>();
  for (let tries = 0; items.size < count && tries < count + mostRepetitions; tries += 1) {
    const subject = subjects[items.size] ?? scope.subject;
    const itemScope: Scope = { isQuoting: scope.isQuoting, ...(subject === undefined ? {} : { subject }) };
    const value = fillNode(filling, node.items, { ...place, scope: itemScope });
    items.set(node.uniqueItems ? JSON.stringify(value) : String(tries), value);
  }
  return [...items.values()];
}

const formats: Readonly<Record<string, string>> = {
  'date-time': '2026-01-15T12:00:00Z',
  date: '2026-01-15',
  time: '12:00:00Z',
  duration: 'P1D',
  email: 'reader@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  uuid: '123e4567-e89b-42d3-a456-426614174000',
};

function fillString({ writer }: Filling, { format, bounds }: SchemaNode, { name, scope }: Place): string {
  return formats[format ?? ''] ?? writer.writeText(name, scope, bounds);
}

/** A word of the material that has the form asked for. */
function wordOf({ writer }: Filling, pattern: RegExp): string | undefined {
  const words = writer.material.passages.flatMap(({ text }) => text.split(/[\s"'()[\],;]+/));
  return words.find((word) => word !== '' && pattern.test(word));
}

/** A model that is asked how sure it is is rather sure: shares of the range. */
const usualConfidence = { min: 0.6, max: 0.97 };

function fillNumber({ writer, random }: Filling, { type, bounds }: SchemaNode, { name, scope }: Place): number {
  const { low, high, step } = rangeOf(type, bounds);
  const valueOf = (steps: number): number => Number((Math.max(low, Math.min(high, steps)) * step).toFixed(10));
  const chapter = /^chapter(?:number)?$/i.test(name.replace(/[_-]/g, '')) ? writer.chapterOf(scope) : undefined;
  if (chapter !== undefined) return valueOf(chapter / step);
  if (/confidence|probability|certainty/i.test(name)) {
    const { min, max } = usualConfidence;
    return valueOf(Math.round(low + (min + random.next() * (max - min)) * (high - low)));
  }
  return valueOf(random.int(low, high));
}

/** The value that shares most words with the material; among equals, chance decides. */
function chooseValue({ writer, random }: Filling, values: readonly unknown[]): unknown {
  const seen = new Set(writer.material.passages.flatMap(({ sentences }) => sentences.flatMap((one) => [...one.terms])));
  const scored = values.map((value) => {
    const terms = [...termsOf(spellOut(String(value)))];
    const shared = terms.filter((term) => seen.has(term)).length;
    return { value, score: shared / Math.sqrt(terms.length + 1) + random.next() * 0.01 };
  });
  return scored.sort((a, b) => b.score - a.score)[0]?.value ?? null;
}
