/**
 * Finds out whether a text begins with a JSON value, where it ends, or at which character it goes wrong (RFC 8259).
 *
 * `JSON.parse` tells no position for many errors, takes `__proto__` for a key, and hands any depth on to code that
 * recurses. This scanner keeps its own stack, so no nesting can exhaust the real one.
 */
export type JsonScan =
  | { readonly ok: true; readonly end: number }
  | { readonly ok: false; readonly offset: number; readonly problem: string };

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

/** What may come next: a value; a value or the end of an empty list; a key; … */
type Expecting = 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'commaOrEnd';

export function scanJson(text: string, start: number): JsonScan {
  const open: ('{' | '[')[] = [];
  let expecting: Expecting = 'value';
  let at = start;
  const failure = (problem: string, offset = at): JsonScan => ({ ok: false, offset, problem });
  for (;;) {
    at = skip(whitespace, text, at);
    const character = text[at];
    if (character === undefined) return failure(cut);
    const innermost = open.at(-1);
    if (character === closerOf(innermost) && expecting !== 'value' && expecting !== 'key') {
      open.pop();
      at += 1;
    } else if (expecting === 'commaOrEnd') {
      if (character !== ',') return failure(`expected "," or "${closerOf(innermost) ?? ''}"`);
      at += 1;
      expecting = innermost === '{' ? 'key' : 'value';
      continue;
    } else if (expecting === 'key' || expecting === 'keyOrEnd') {
      const key = scanKey(text, at);
      if (!key.ok) return key;
      at = key.end;
      expecting = 'value';
      continue;
    } else if (character === '{' || character === '[') {
      open.push(character);
      if (open.length > deepest) return failure(`nested deeper than ${deepest} levels`);
      at += 1;
      expecting = character === '{' ? 'keyOrEnd' : 'valueOrEnd';
      continue;
    } else {
      const end = skip(character === '"' ? string : literal, text, at);
      if (end === at) return failure(character === '"' ? problemOfString(text, at) : 'expected a JSON value');
      at = end;
    }
    if (open.length === 0) return { ok: true, end: at };
    expecting = 'commaOrEnd';
  }
}

function scanKey(text: string, at: number): JsonScan {
  const end = skip(string, text, at);
  if (end === at)
    return {
      ok: false,
      offset: at,
      problem: text[at] === '"' ? problemOfString(text, at) : 'expected a key in double quotes',
    };
  const key = JSON.parse(text.slice(at, end)) as string;
  if (forbiddenKeys.has(key)) return { ok: false, offset: at, problem: `the key ${key} is not allowed` };
  const colon = skip(whitespace, text, end);
  if (colon === text.length) return { ok: false, offset: colon, problem: cut };
  return text[colon] === ':'
    ? { ok: true, end: colon + 1 }
    : { ok: false, offset: colon, problem: 'expected ":" after a key' };
}

function problemOfString(text: string, at: number): string {
  return skip(openString, text, at) > at ? cut : 'a string with a bare line break or a bad escape';
}

function closerOf(opener: '{' | '[' | undefined): string | undefined {
  return opener === undefined ? undefined : opener === '{' ? '}' : ']';
}

/** The offset behind what a sticky pattern matches at `at`, or `at`. */
function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
