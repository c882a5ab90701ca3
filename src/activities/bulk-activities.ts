/** Activities of `bulkClassify` around its items and its results. */
import type { BulkResult, ItemPage, ResultFile, ResultPart } from '../contracts/pipelines/bulk-classify';
import type { ItemSource } from '../documents/item-source';
import type { ResultFiles } from '../documents/result-files';
import { HoldfastError } from '../errors/holdfast-error';
import { keepAlive } from './keep-alive';
import { toApplicationFailure } from './to-application-failure';

export interface BulkActivities {
  readItems(input: ReadItemsInput): Promise<ItemPage>;
  /** Effects: the key names the file, so doing them again changes nothing. */
  writeResults(input: WriteResultsInput): Promise<ResultPart>;
  joinResults(input: { readonly idempotencyKey: string; readonly parts: readonly ResultPart[] }): Promise<ResultFile>;
}

export interface ReadItemsInput {
  readonly source: string;
  /** Place of the first item, 0 first. */
  readonly from: number;
  /** Of the pages before: the source must not have changed since. */
  readonly sha256?: string;
}

export interface WriteResultsInput {
  readonly idempotencyKey: string;
  /** 0 first. */
  readonly part: number;
  readonly results: readonly BulkResult[];
}

export interface BulkDependencies {
  readonly items: ItemSource;
  readonly results: ResultFiles;
  crashPoint(point: 'beforeEffect'): void;
}

export function createBulkActivities({ items, results, crashPoint }: BulkDependencies): BulkActivities {
  return {
    readItems: ({ source, from, sha256 }) =>
      alive(async () => {
        const page = await items.page(source, from);
        if (sha256 === undefined || page.sha256 === sha256) return page;
        const told = `source ${JSON.stringify(source)} has changed since the run began; leave it as it is until the run has ended`;
        throw new HoldfastError('Pipeline.InvalidInput', told, { source });
      }),
    writeResults: ({ idempotencyKey, part, results: lines }) =>
      alive(() => {
        crashPoint('beforeEffect');
        return results.writePart(idempotencyKey, part, lines);
      }),
    joinResults: ({ idempotencyKey, parts }) => alive(() => results.join(idempotencyKey, parts)),
  };
}

/** With heartbeats: the death of a worker shows within seconds, not when the whole activity times out. */
async function alive<T>(work: () => Promise<T>): Promise<T> {
  const stop = keepAlive();
  return toApplicationFailure(work).finally(stop);
}
