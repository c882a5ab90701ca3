/**
 * Loads the Lua operations from the files beside this module: one file per operation, shared parts by `-- @include`.
 * Constants (`local LIMIT, RPD = 1, 6`) are written into the code where they are used: Lua allows a script no more than
 * 200 locals, and a number in the code costs nothing to read. So their names must not be used for anything else.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const operations = ['reserve', 'confirm', 'renew', 'settle', 'release', 'configure', 'inspect'] as const;
export type Operation = (typeof operations)[number];

export interface Script {
  readonly lua: string;
  /** What EVALSHA is called with. */
  readonly sha: string;
}

const folder = join(__dirname, 'scripts');
const includeLine = /^ *-- @include ([\w-]+)$/gm;
/** `local LIMIT, RPD = 1, 6` or `local idleTtlMs = '3600000'`, at the top level. */
const constantsLine = /^local (\w+(?:, \w+)*) = ((?:[\d.]+|'\w*')(?:, (?:[\d.]+|'\w*'))*)$/gm;
/** A name, and no part of another: not within quotes, where it is a word of a command, and not a field. */
const anyName = /(?<!['.\w])[A-Za-z]\w*(?!['\w])/g;

let loaded: Readonly<Record<Operation, Script>> | undefined;

/** Read once per process: putting them together takes about 10 ms. */
export function loadScripts(): Readonly<Record<Operation, Script>> {
  loaded ??= Object.fromEntries(operations.map((operation) => [operation, loadScript(operation)])) as Record<
    Operation,
    Script
  >;
  return loaded;
}

function loadScript(operation: Operation): Script {
  const lua = inlineConstants(include(join(folder, `${operation}.lua`)));
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}

/** Each part stands where it is included: within a function, its own functions are made only when that one runs. */
function include(file: string): string {
  return readFileSync(file, 'utf8').replace(includeLine, (_, name) => include(join(folder, 'shared', `${name}.lua`)));
}

function inlineConstants(lua: string): string {
  const values = new Map<string, string>();
  for (const [, names = '', numbers = ''] of lua.matchAll(constantsLine)) {
    const numberList = numbers.split(', ');
    for (const [index, name] of names.split(', ').entries()) values.set(name, numberList[index] ?? '');
  }
  return lua.replace(constantsLine, '').replace(anyName, (name) => values.get(name) ?? name);
}
