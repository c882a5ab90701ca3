/** Where a backend service reads streams: connections that are open while somebody reads, shared by all who do. */
import { Cluster } from 'ioredis';
import type { Redis } from 'ioredis';
import { parseRedisAddress } from '../contracts/redis-address';
import type { Cipher } from './cipher';
import { openClientRedis } from './client-redis';
import { blockMs, readCount, StreamWatch } from './stream-watch';
import type { RawEntry, Wait } from './stream-watch';

export interface StreamSourceOptions {
  /** The workers' `JOURNAL_REDIS_URL`. */
  readonly url: string;
  readonly keyPrefix: string;
  /** Needed where the workers encrypt. */
  readonly cipher?: Cipher;
}

export interface StreamSource {
  readonly keyPrefix: string;
  readonly cipher?: Cipher;
  /** A reader begins; `onClose` is called when the source is closed under it. The returned function ends it. */
  join(onClose: () => void): () => void;
  /** Entries after `id`, oldest first, at most `readCount`. Rejects within two seconds when Redis does not answer. */
  read(key: string, id: string): Promise<readonly RawEntry[]>;
  /** Waits for entries after `id`; see `StreamWatch.next`. */
  next(key: string, id: string, wait: Wait): Promise<readonly RawEntry[]>;
  /** Ends all readers. */
  close(): void;
}

const commandTimeoutMs = 2_000;
const role = 'streams';

/** Connects with the first reader. Throws `Config.Invalid` for an address that is none. */
export function openStreamSource({ url, keyPrefix, cipher }: StreamSourceOptions): StreamSource {
  // An address that is wrong is told now, not by the first reader.
  parseRedisAddress(url, role);
  const readers = new Set<() => void>();
  let open: Connections | undefined;
  const connections = (): Connections => (open ??= new Connections(url, keyPrefix));
  const closeUnused = (): void => {
    if (readers.size > 0) return;
    open?.close();
    open = undefined;
  };
  return {
    keyPrefix,
    ...(cipher && { cipher }),
    join(onClose) {
      readers.add(onClose);
      return () => {
        readers.delete(onClose);
        closeUnused();
      };
    },
    read: async (key, id) => {
      const answer = await connections().commands.xread('COUNT', readCount, 'STREAMS', key, id);
      return answer?.[0]?.[1] ?? [];
    },
    next: (key, id, wait) => connections().watchOf(key).next(key, id, wait),
    close() {
      for (const onClose of [...readers]) onClose();
      readers.clear();
      closeUnused();
    },
  };
}

class Connections {
  readonly commands: Redis | Cluster;
  readonly #watches = new Map<string, StreamWatch>();

  constructor(
    private readonly url: string,
    private readonly keyPrefix: string,
  ) {
    this.commands = openCommands(url);
  }

  /** One for all streams; in a cluster one for each, because one read cannot ask several nodes. */
  watchOf(key: string): StreamWatch {
    const isCluster = this.commands instanceof Cluster;
    const name = isCluster ? key : '';
    const known = this.#watches.get(name);
    if (known !== undefined) return known;
    const watch = new StreamWatch({
      commands: this.commands,
      blocking: openBlocking(this.url),
      wakeKey: `${isCluster ? `${key}:` : `${this.keyPrefix}stream-`}wake:${crypto.randomUUID()}`,
    });
    this.#watches.set(name, watch);
    return watch;
  }

  close(): void {
    this.commands.disconnect();
    for (const watch of this.#watches.values()) watch.close();
  }
}

function openCommands(url: string): Redis | Cluster {
  return openClientRedis(url, role, {
    commandTimeout: commandTimeoutMs,
    socketTimeout: commandTimeoutMs,
    disconnectTimeout: commandTimeoutMs,
  });
}

function openBlocking(url: string): Redis | Cluster {
  return openClientRedis(url, role, {
    // A host that is gone without a word is noticed by the read that never ends.
    socketTimeout: blockMs + commandTimeoutMs,
    autoResendUnfulfilledCommands: false,
    disconnectTimeout: commandTimeoutMs,
  });
}
