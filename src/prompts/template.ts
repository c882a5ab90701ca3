/**
 * The template language of prompts: `{{name}}` for a variable and `{{#each name}}…{{/each}}` for a list, with the
 * item's fields (or `{{.}}`, the item itself) inside. There is nothing else on purpose: logic belongs to the pipeline.
 *
 * A tag alone on its line takes the line with it, as in Mustache, so lists can be written readably.
 */
import { canonicalJson } from '../contracts/json';
import type { JsonValue } from '../contracts/json';

export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  /** `isOwnLine`: nothing else stands on the lines the tag or block occupies. */
  | { readonly kind: 'variable'; readonly name: string; readonly isOwnLine: boolean }
  | { readonly kind: 'each'; readonly name: string; readonly item: readonly ItemPart[]; readonly isOwnLine: boolean };

export type ItemPart =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'field'; readonly name: string };

export interface ParsedTemplate {
  readonly parts: readonly TemplatePart[];
  readonly problems: readonly string[];
}

const identifier = '[A-Za-z][A-Za-z0-9_]*';
const block = new RegExp(`\\{\\{#each (${identifier})\\}\\}([\\s\\S]*?)\\{\\{/each\\}\\}`, 'g');
const variable = new RegExp(`\\{\\{(${identifier})\\}\\}`, 'g');
const field = new RegExp(`\\{\\{(${identifier}|\\.)\\}\\}`, 'g');

export function parseTemplate(source: string): ParsedTemplate {
  const parts: TemplatePart[] = [];
  let end = 0;
  for (const match of source.matchAll(block)) {
    const [whole, name = '', body = ''] = match;
    const lines = ownLines(source, match.index, match.index + whole.length);
    const inner = /^[ \t]*\n([\s\S]*\n|)[ \t]*$/.exec(body)?.[1];
    const isOwnLine = lines !== undefined && inner !== undefined;
    parts.push(...parsePlain(source, end, isOwnLine ? lines.start : match.index));
    parts.push({ kind: 'each', name, item: parseItem(isOwnLine ? inner : body), isOwnLine });
    end = isOwnLine ? lines.end : match.index + whole.length;
  }
  parts.push(...parsePlain(source, end, source.length));
  const texts = parts.flatMap((part): readonly (TemplatePart | ItemPart)[] =>
    part.kind === 'each' ? part.item : [part],
  );
  return { parts, problems: texts.flatMap((part) => (part.kind === 'text' ? strayTagsOf(part.text) : [])) };
}

function parsePlain(source: string, from: number, to: number): TemplatePart[] {
  return piecesOf(source.slice(from, to), variable).map((piece) => {
    if ('text' in piece) return { kind: 'text', text: piece.text };
    const isOwnLine = ownLines(source, from + piece.start, from + piece.end) !== undefined;
    return { kind: 'variable', name: piece.name, isOwnLine };
  });
}

function parseItem(source: string): ItemPart[] {
  return piecesOf(source, field).map((piece) =>
    'text' in piece ? { kind: 'text', text: piece.text } : { kind: 'field', name: piece.name },
  );
}

function strayTagsOf(text: string): string[] {
  return [...text.matchAll(/\{\{[^{}\n]{0,60}\}{0,2}/g)].map(
    ([tag]) => `"${tag}" is no {{variable}}, {{#each variable}} or {{/each}} (each cannot be nested)`,
  );
}

type Piece = { readonly text: string } | { readonly name: string; readonly start: number; readonly end: number };

function piecesOf(source: string, tag: RegExp): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of source.matchAll(tag)) {
    if (match.index > end) pieces.push({ text: source.slice(end, match.index) });
    end = match.index + match[0].length;
    pieces.push({ name: match[1] ?? '', start: match.index, end });
  }
  if (end < source.length) pieces.push({ text: source.slice(end) });
  return pieces;
}

/** The whole lines from `start` to `end` when nothing but blanks stands before and behind. */
function ownLines(source: string, start: number, end: number): { start: number; end: number } | undefined {
  const lineStart = source.lastIndexOf('\n', start - 1) + 1;
  const newline = source.indexOf('\n', end);
  const lineEnd = newline === -1 ? source.length : newline + 1;
  const isAlone = source.slice(lineStart, start).trim() === '' && source.slice(end, lineEnd).trim() === '';
  return isAlone ? { start: lineStart, end: lineEnd } : undefined;
}

/** A value as a model should read it: text as it is, anything else as compact JSON. */
export function renderValue(value: JsonValue): string {
  return typeof value === 'string' ? value : canonicalJson(value);
}

/** The items one after the other; a string says what is wrong with the list. */
export function renderEach(item: readonly ItemPart[], list: JsonValue): { text: string } | { problem: string } {
  if (!Array.isArray(list)) return { problem: 'must be a list' };
  let text = '';
  for (const [index, value] of (list as readonly JsonValue[]).entries()) {
    for (const part of item) {
      if (part.kind === 'text') text += part.text;
      else if (part.name === '.') text += renderValue(value);
      else {
        const own = fieldOf(value, part.name);
        if (own === undefined) return { problem: `item ${index} has no field "${part.name}"` };
        text += renderValue(own);
      }
    }
  }
  return { text };
}

function fieldOf(value: JsonValue, name: string): JsonValue | undefined {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name);
  return isRecord ? (value as Readonly<Record<string, JsonValue>>)[name] : undefined;
}
