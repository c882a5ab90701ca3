/**
 * Finds out whether a text begins with a JSON value, where it ends, or at which character it goes wrong (RFC 8259).
 *
 * `JSON.parse` tells no position for many errors, takes `__proto__` for a key, and hands any depth on to code that
 * recurses. This scanner keeps its own stack, so no nesting can exhaust the real one.
 */
export type JsonScan = { readonly ok: true; readonly end: number } | Failure;

/** Deeper answers are mistakes or attacks; schemas of real outputs nest a handful of levels. */
const deepest = 100;

/** Keys that reach into every object when somebody copies them carelessly. */
const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

const whitespace = /[ \t\n\r]*/y;
const literal = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

/** A string up to the end of the text, also when it stops inside an escape. */
const openString = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*(?:\\(?:u[0-9a-fA-F]{0,3})?)?$/y;
const cut = 'the text ends before the JSON is complete';

type Opener = '{' | '[';
const closers = { '{': '}', '[': ']' } as const;

/** What may come next; `…OrEnd` also allows what closes the innermost object or list. */
type Expecting = 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'commaOrEnd';

interface Failure {
  readonly ok: false;
  readonly offset: number;
  readonly problem: string;
}

/** One token: where it ends, what may follow, and what it opened. */
type Token = Failure | { readonly ok: true; readonly end: number; readonly next: Expecting; readonly opens?: Opener };

export function scanJson(text: string, start: number): JsonScan {
  const open: Opener[] = [];
  let expecting: Expecting = 'value';
  let at = start;
  do {
    at = skip(whitespace, text, at);
    if (at === text.length) return failure(at, cut);
    const innermost = open.at(-1);
    if (expecting.endsWith('OrEnd') && innermost !== undefined && text[at] === closers[innermost]) {
      open.pop();
      at += 1;
      expecting = 'commaOrEnd';
    } else {
      const token = scanToken(text, at, { expecting, innermost });
      if (!token.ok) return token;
      if (token.opens !== undefined) open.push(token.opens);
      if (open.length > deepest) return failure(at, `nested deeper than ${deepest} levels`);
      at = token.end;
      expecting = token.next;
    }
  } while (open.length > 0);
  return { ok: true, end: at };
}

function scanToken(text: string, at: number, state: { expecting: Expecting; innermost: Opener | undefined }): Token {
  const { expecting, innermost } = state;
  if (expecting === 'commaOrEnd') {
    if (text[at] === ',') return { ok: true, end: at + 1, next: innermost === '{' ? 'key' : 'value' };
    return failure(at, `expected "," or "${closers[innermost ?? '{']}"`);
  }
  return expecting.startsWith('key') ? scanKey(text, at) : scanValue(text, at);
}

function scanValue(text: string, at: number): Token {
  const character = text[at];
  if (character === '{') return { ok: true, end: at + 1, next: 'keyOrEnd', opens: '{' };
  if (character === '[') return { ok: true, end: at + 1, next: 'valueOrEnd', opens: '[' };
  const end = skip(character === '"' ? string : literal, text, at);
  if (end > at) return { ok: true, end, next: 'commaOrEnd' };
  return failure(at, character === '"' ? problemOfString(text, at) : 'expected a JSON value');
}

function scanKey(text: string, at: number): Token {
  const end = skip(string, text, at);
  if (end === at) return failure(at, text[at] === '"' ? problemOfString(text, at) : 'expected a key in double quotes');
  const key = JSON.parse(text.slice(at, end)) as string;
  if (forbiddenKeys.has(key)) return failure(at, `the key ${key} is not allowed`);
  const colon = skip(whitespace, text, end);
  if (text[colon] === ':') return { ok: true, end: colon + 1, next: 'value' };
  return failure(colon, colon === text.length ? cut : 'expected ":" after a key');
}

function failure(offset: number, problem: string): Failure {
  return { ok: false, offset, problem };
}

function problemOfString(text: string, at: number): string {
  return skip(openString, text, at) > at ? cut : 'a string with a bare line break or a bad escape';
}

/** The offset behind what a sticky pattern matches at `at`, or `at`. */
function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
