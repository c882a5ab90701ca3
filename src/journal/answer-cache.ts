/** Good answers by what was asked: the cached tier. A tenant only ever meets its own. */
import type { JsonValue } from '../contracts/json';

export interface CachedAnswer {
  readonly value: JsonValue;
  readonly model: string;
  readonly endpoint: string;
  /** Unix time, ms, of the store. */
  readonly storedAtMs: number;
}

export interface AnswerCache {
  /** `key`: digest of the question (prompt, variables, attachments, schema). Answers nothing older than `maxAgeMs`. */
  get(tenant: string, key: string, maxAgeMs: number): Promise<CachedAnswer | undefined>;
  /** The newest answer wins. */
  put(
    tenant: string,
    key: string,
    answer: { readonly answer: Omit<CachedAnswer, 'storedAtMs'>; readonly keepMs: number },
  ): Promise<void>;
}
