/** The Lua operations beside this module, one file each with shared parts by `-- @include`, and how they are run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster, Redis } from 'ioredis';
import type { AskRedis } from './ask-redis';

export type ScriptName =
  | 'hold-budget'
  | 'settle-budget'
  | 'release-budget'
  | 'read-budget'
  | 'keep-answer'
  | 'find-answer'
  | 'queue-question'
  | 'take-batch'
  | 'leave-batch'
  | 'read-degraded'
  | 'set-degraded';

export interface ScriptCall {
  /** Decides the node of a Redis Cluster; what a script derives from it bears the same hash tag. */
  readonly key: string;
  readonly args: readonly (string | number)[];
}

export type RunScript = (name: ScriptName, call: ScriptCall) => Promise<unknown>;

const folder = join(__dirname, 'scripts');
const includeLine = /^-- @include ([\w-]+)$/gm;

type Command = (...args: readonly (string | number)[]) => Promise<unknown>;

/** Every script may be sent twice without harm. */
export function createScriptRunner(redis: Redis | Cluster, ask: AskRedis): RunScript {
  const commands = new Map<ScriptName, Command>();

  /** ioredis sends EVALSHA, and the source to a server that does not know the script. */
  function commandOf(name: ScriptName): Command {
    const command = `holdfast-${name}`;
    redis.defineCommand(command, { lua: include(join(folder, `${name}.lua`)), numberOfKeys: 1 });
    const client = redis as unknown as Record<string, Command>;
    return (...args) => (client[command] as Command)(...args);
  }

  return (name, { key, args }) => {
    const command = commands.get(name) ?? commandOf(name);
    commands.set(name, command);
    return ask({ what: `${name} on ${key}`, send: () => command(key, ...args) });
  };
}

function include(file: string): string {
  return readFileSync(file, 'utf8').replace(includeLine, (_, name) => include(join(folder, 'shared', `${name}.lua`)));
}
