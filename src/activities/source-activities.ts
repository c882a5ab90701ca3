/** Activities of `retrievalAnswer` and `sourceAgents`: a source in passages, and a search that a model may make. */
import type { JsonObject } from '../contracts/json';
import type { Passage } from '../contracts/pipelines/research-report';
import type { SourceReader } from '../documents/source-reader';
import { HoldfastError } from '../errors/holdfast-error';
import { keepAlive } from './keep-alive';
import { toApplicationFailure } from './to-application-failure';

export interface SourceActivities {
  /** All of a source, in reading order, in pieces of at most 1,600 characters. */
  readPassages(input: { source: string }): Promise<readonly Passage[]>;
  /** A tool: `{ source, query }`. What may be searched says the `enum` of its schema in the config. */
  searchSource(args: JsonObject): Promise<readonly Passage[]>;
}

/** What a model can take in within one turn. */
const longestFinding = 3_000;

export function createSourceActivities({ sources }: { readonly sources: SourceReader }): SourceActivities {
  return {
    readPassages: ({ source }) => alive(() => sources.allPassages(source)),
    searchSource: ({ source, query }) =>
      alive(() => {
        if (typeof source !== 'string' || typeof query !== 'string')
          throw new HoldfastError('Pipeline.InvalidInput', 'searchSource: expected the texts source and query');
        return sources.passages(source, { heading: '', question: query, chapters: [] }, longestFinding);
      }),
  };
}

async function alive<T>(work: () => Promise<T>): Promise<T> {
  const stop = keepAlive();
  return toApplicationFailure(work).finally(stop);
}
