/** How an endpoint works its batches off. Source of the quotas: the providers' batch guides. */
import { joinPath, readBoolean, readNumber, readRecord } from '../read-input';

export interface BatchSettings {
  /** From the acceptance of a batch to its end, ms, divided by the simulator's speed. Default 5,000. */
  readonly processingMs: number;
  /** Share of the requests that end with a 500, 0–1. Default 0. */
  readonly failShare: number;
  /** Share of the requests that are not reached before the batch expires, 0–1. Default 0. */
  readonly expireShare: number;
  /** Results come in the order of the requests. Default false: the providers promise none. */
  readonly isInOrder: boolean;
  /** Input tokens in all batches that are not over (OpenAI). Default: any number. */
  readonly enqueuedTokens?: number;
  /** Requests in all batches that are not over (Anthropic). Default: any number. */
  readonly enqueuedRequests?: number;
}

const defaults = { processingMs: 5_000, failShare: 0, expireShare: 0, isInOrder: false } as const;
const quotas = ['enqueuedTokens', 'enqueuedRequests'] as const;

/** Throws `InputError`. `field` is where the object stands, for messages. */
export function readBatchSettings(value: unknown, field: string): BatchSettings {
  const given = readRecord(value, field, [...Object.keys(defaults), ...quotas]);
  const input = { ...defaults, ...given };
  const at = (key: string): string => joinPath(field, key);
  const share = { min: 0, max: 1 };
  return {
    processingMs: readNumber(input.processingMs, at('processingMs'), { min: 0 }),
    failShare: readNumber(input.failShare, at('failShare'), share),
    expireShare: readNumber(input.expireShare, at('expireShare'), share),
    isInOrder: readBoolean(input.isInOrder, at('isInOrder')),
    ...Object.fromEntries(
      quotas
        .filter((quota) => given[quota] !== undefined)
        .map((quota) => [quota, readNumber(given[quota], at(quota), { min: 1, isInteger: true })]),
    ),
  };
}
