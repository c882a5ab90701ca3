/** Where the bytes of large payloads are kept. One implementation per place. */
export interface PayloadStore {
  /** Stands in histories, so that a payload is looked for where it was put: never changed. */
  readonly kind: PayloadStoreKind;
  /** For messages; without credentials. */
  readonly place: string;
  /** Durable when it returns. The key follows from the bytes, so a repetition keeps what is there and renews its age. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Undefined for what is not there. Renews its age. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Throws what keeps it from working, now instead of with the first large payload. */
  check(): Promise<void>;
  close(): void;
}

/** What housekeeping asks of a store besides. Nothing of it counts as a use, but `peek` at Redis. */
export interface PayloadShelf {
  /** Everything, leftovers of writes that never ended included. */
  list(): AsyncIterable<StoredPayload>;
  peek(key: string): Promise<Uint8Array | undefined>;
  /** Looks again first, and leaves what was used since `unusedSinceMs`. True when it was removed. */
  removeUnused(key: string, unusedSinceMs: number): Promise<boolean>;
}

export type KeptPayloadStore = PayloadStore & PayloadShelf;

export interface StoredPayload {
  readonly key: string;
  readonly bytes: number;
  /** Its last use, or up to `ageStepMs` before it. Unix ms. */
  readonly usedAtMs: number;
}

export const payloadStoreKinds = ['file', 'redis', 's3'] as const;
export type PayloadStoreKind = (typeof payloadStoreKinds)[number];

/** Age of which the last use is noted again: a payload that is read all day is not written all day. */
export const ageStepMs = 24 * 60 * 60 * 1_000;
