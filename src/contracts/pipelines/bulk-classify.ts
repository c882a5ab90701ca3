/** Contract of `bulkClassify`: what the customers of a bank want, for a list of thousands of their questions. */
import type { ItemFailure } from '../each';

/** One question; a line of the source. */
export interface BulkItem {
  /** Unique in the list, 1–100 characters: how its result is found again. */
  readonly id: string;
  /** 1–20,000 characters. */
  readonly text: string;
  /** What it is about in truth, where that is known: then the result says how many were right. */
  readonly intent?: string;
}

/** `speed`: the batch lane. `price`: the provider's batch API first, for half the price and within hours. */
export const bulkPreferences = ['speed', 'price'] as const;
export type BulkPreference = (typeof bulkPreferences)[number];

export interface BulkClassifyInput {
  /** Path of a JSONL file of `BulkItem`s, relative to the worker's document folder. Either this or `items`. */
  readonly source?: string;
  /** At most 5,000. */
  readonly items?: readonly BulkItem[];
  /** Default `speed`. */
  readonly prefer?: BulkPreference;
  /** Items in progress at once, 1–1,000. Default 64, with `price` 1,000: what a provider's batch is made of. */
  readonly concurrency?: number;
  /** How many items may fail, or which share: with one more the run fails. Default `5%`. */
  readonly tolerate?: number | `${number}%`;
}

/** What a model said about one item. */
export interface Classified {
  readonly intent: string;
  /** 0–1. */
  readonly confidence: number;
  /** Index of the tier that answered. */
  readonly tier: number;
  readonly servedBy: string;
  /** A tier before had failed. */
  readonly degraded: boolean;
  readonly costUsd: number;
}

/** One line of the results, in the order of the items. */
export type BulkResult = {
  readonly id: string;
  /** Its true intent, where the item says it. */
  readonly expected?: string;
  readonly costUsd: number;
} & (Omit<Classified, 'costUsd'> | { readonly failure: Pick<ItemFailure, 'type' | 'message'> });

/** An item that was wrong as it stood in the source; nobody was asked about it. */
export interface UnreadableItem {
  /** Its own, or `line 17`. */
  readonly id: string;
  readonly problem: string;
}

/** Some of the items of a source. */
export interface ItemPage {
  /** SHA-256 of the whole source: a later page must be of the same. */
  readonly sha256: string;
  /** Items of the whole source, unreadable ones included. */
  readonly total: number;
  /** In the order of the source, from the place that was asked for. */
  readonly items: readonly (BulkItem | UnreadableItem)[];
}

/** One part of the results, as it was written. */
export interface ResultPart {
  readonly lines: number;
  readonly bytes: number;
  readonly sha256: string;
}

export interface ResultFile extends ResultPart {
  /** Absolute path on the worker's machine: JSONL of `BulkResult`. */
  readonly path: string;
}

/** Items of one intent that were taken for another. */
export interface Confusion {
  readonly expected: string;
  readonly answered: string;
  readonly items: number;
}

export interface BulkAccuracy {
  /** Items that were classified and whose true intent is known. */
  readonly known: number;
  readonly right: number;
  /** `right` of `known`, 0–1. */
  readonly share: number;
  /** The most frequent mistakes, ten at most. */
  readonly confusions: readonly Confusion[];
}

export interface BulkSummary {
  readonly total: number;
  readonly classified: number;
  readonly failed: number;
  /** Failed items by type. */
  readonly failures: Readonly<Record<string, number>>;
  /** Classified items by the index of the tier that answered, as text. */
  readonly servedByTier: Readonly<Record<string, number>>;
  /** Classified items that a tier before had failed. */
  readonly degraded: number;
  /** Of failed items too. */
  readonly costUsd: number;
  readonly durationMs: number;
  /** Absent when no item says what it is about. */
  readonly accuracy?: BulkAccuracy;
  /** Absent when there was nothing to write. */
  readonly results?: ResultFile;
}
