/** Connections to the shared Redis under a prefix of the test's own, and everything that stands below it. */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { createRedisConnection } from '../../../src/capacity/redis-connection';
import { createTextCipher } from '../../../src/security/cipher';
import type { TextCipher, TextCipherOptions } from '../../../src/security/cipher';
import { parseKeyRing } from '../../../src/security/key-ring';
import { readServices } from '../../support/services';

export interface OpenRedis {
  /** Four connections, as four workers have them. */
  readonly connections: readonly [Redis, Redis, Redis, Redis];
  readonly redis: Redis;
  readonly keyPrefix: string;
}

/** Opens connections once per file and gives each test a prefix of its own. Read `current` inside the test. */
export function useRedis(): { readonly current: OpenRedis } {
  let connections: readonly Redis[] = [];
  let keyPrefix = '';
  const first = (): Redis => connections[0] as Redis;
  beforeAll(async () => {
    const open = (): Promise<unknown> => createRedisConnection(readServices().redisUrl, { role: 'journal-test' });
    connections = (await Promise.all([open(), open(), open(), open()])) as Redis[];
  });
  beforeEach(() => {
    keyPrefix = `test-journal-${randomUUID()}:`;
  });
  afterEach(async () => {
    const keys = await keysOf(first(), keyPrefix);
    // In pieces: a command has 200 ms.
    for (let from = 0; from < keys.length; from += 500) await first().unlink(...keys.slice(from, from + 500));
  });
  afterAll(async () => {
    await Promise.all(connections.map((connection) => connection.quit()));
  });
  return {
    get current() {
      return { connections: connections as OpenRedis['connections'], redis: first(), keyPrefix };
    },
  };
}

export async function keysOf(redis: Redis, keyPrefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const found of redis.scanStream({ match: `${keyPrefix}*`, count: 1_000 }))
    keys.push(...(found as string[]));
  return keys.sort();
}

/** `id` twice is the same key. */
export function cipherWith(ids: readonly string[], plaintext: TextCipherOptions['plaintext'] = 'refuse'): TextCipher {
  const keys = ids.map((id) => `${id}:${Buffer.alloc(32, id).toString('base64')}`).join(',');
  return createTextCipher({ keys: parseKeyRing(keys, 'HOLDFAST_JOURNAL_KEYS'), plaintext });
}
