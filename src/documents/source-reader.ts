/** Reads a plain-text source and finds the passages that belong to a question. */
import type { OutlineSection, Passage, SourceDigest } from '../contracts/pipelines/research-report';

export interface SourceReader {
  /** `source` is a path below the document folder. Throws `Pipeline.InvalidInput` when it does not exist or leaves the folder. */
  digest(source: string): Promise<SourceDigest>;
  /** Best passages for a section within `maxCharacters` altogether, from the chapters it names. Deterministic. */
  passages(source: string, section: OutlineSection, maxCharacters: number): Promise<readonly Passage[]>;
  /** The whole source in reading order, in pieces of at most 1,600 characters. Deterministic: vectors of them are kept. */
  allPassages(source: string): Promise<readonly Passage[]>;
}
