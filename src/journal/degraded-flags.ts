/** What operators have set about degraded mode. Every flag has an end, so that none is forgotten. */
import type { Cluster, Redis } from 'ioredis';
import type { DegradedFlag, DegradedScope } from '../contracts/degraded';
import { createRedisAsker } from './ask-redis';
import { createScriptRunner } from './scripts';

export interface DegradedFlagsOptions {
  readonly redis: Redis | Cluster;
  /** Put before every key. */
  readonly keyPrefix: string;
}

export interface NewFlag extends DegradedScope {
  readonly reason: string;
  readonly by: string;
  /** From now, on the clock of Redis. */
  readonly forMs: number;
}

/** Throws `Capacity.StoreUnavailable` when Redis does not answer. */
export interface DegradedFlags {
  /** Those in force. */
  read(): Promise<readonly DegradedFlag[]>;
  /** In place of the one of the same scope, if there is one. */
  set(flag: NewFlag): Promise<DegradedFlag>;
  /** False when there was none of exactly this scope. */
  clear(scope: DegradedScope): Promise<boolean>;
}

export function createDegradedFlags({ redis, keyPrefix }: DegradedFlagsOptions): DegradedFlags {
  const run = createScriptRunner(redis, createRedisAsker(redis));
  const key = `${keyPrefix}degraded`;
  const write = async (scope: DegradedScope, forMs: number, told: object): Promise<number> =>
    Number(await run('set-degraded', { key, args: [fieldOf(scope), forMs, JSON.stringify(told)] }));
  return {
    async read() {
      const answer = (await run('read-degraded', { key, args: [] })) as readonly string[];
      return answer.flatMap((field, index) => (index % 2 === 0 ? [flagOf(field, answer[index + 1] ?? '')] : []));
    },
    async set({ forMs, reason, by, ...scope }) {
      const untilMs = await write(scope, forMs, { reason, by });
      return { ...scope, reason, by, until: new Date(untilMs).toISOString() };
    },
    clear: async (scope) => (await write(scope, 0, {})) > 0,
  };
}

/** No name of a tenant or pipeline has a slash or an asterisk in it. */
function fieldOf({ tenant = '*', pipeline = '*' }: DegradedScope): string {
  return `${tenant}/${pipeline}`;
}

function flagOf(field: string, value: string): DegradedFlag {
  const [tenant = '*', pipeline = '*'] = field.split('/');
  const [, untilMs = '0', told = '{}'] = /^(\d+) (.*)$/s.exec(value) ?? [];
  const { reason, by } = JSON.parse(told) as Pick<DegradedFlag, 'reason' | 'by'>;
  return {
    ...(tenant !== '*' && { tenant }),
    ...(pipeline !== '*' && { pipeline }),
    reason,
    by,
    until: new Date(Number(untilMs)).toISOString(),
  };
}
