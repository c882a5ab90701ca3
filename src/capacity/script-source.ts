/** Loads the Lua operations from the files beside this module: one file per operation, shared parts by `-- @include`. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const operations = ['reserve', 'confirm', 'renew', 'settle', 'release'] as const;
export type Operation = (typeof operations)[number];

export interface Script {
  readonly lua: string;
  /** What EVALSHA is called with. */
  readonly sha: string;
}

const folder = join(__dirname, 'scripts');
const includeLine = /^-- @include (\w+)$/gm;

export function loadScripts(): Readonly<Record<Operation, Script>> {
  return Object.fromEntries(operations.map((operation) => [operation, loadScript(operation)])) as Record<
    Operation,
    Script
  >;
}

function loadScript(operation: Operation): Script {
  const source = readFileSync(join(folder, `${operation}.lua`), 'utf8');
  const parts = [...source.matchAll(includeLine)].map(([, name]) => join(folder, 'shared', `${name}.lua`));
  const lua = [...parts.map((file) => readFileSync(file, 'utf8')), source].join('\n');
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}
