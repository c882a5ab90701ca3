/** Contract of `researchReport`: a report on a topic, written from one source and cited by chapter. */
import type { Decision } from '../approval';

export interface ResearchInput {
  /** What the report is about, 3–200 characters. */
  readonly topic: string;
  /** Path of a plain-text source, relative to the worker's document folder. */
  readonly source: string;
  /** Number of sections, 1–12. Default 5. */
  readonly sections?: number;
}

/** A chapter as the outline step sees it. */
export interface ChapterDigest {
  /** 1 first. */
  readonly number: number;
  readonly title: string;
  /** Words in the chapter. */
  readonly words: number;
  /** The chapter's own summary or its opening sentences. */
  readonly excerpt: string;
}

export interface SourceDigest {
  readonly title: string;
  readonly author: string;
  readonly chapters: readonly ChapterDigest[];
}

/** A piece of a chapter with its place, so that a citation can be checked. */
export interface Passage {
  readonly chapter: number;
  readonly chapterTitle: string;
  readonly text: string;
}

export interface OutlineSection {
  readonly heading: string;
  /** The question the section answers. */
  readonly question: string;
  /** Numbers of the chapters it draws on. */
  readonly chapters: readonly number[];
}

export interface Outline {
  readonly title: string;
  readonly sections: readonly OutlineSection[];
}

export interface Citation {
  readonly chapter: number;
  /** Words taken literally from a passage. */
  readonly quote: string;
}

export interface Section {
  readonly heading: string;
  readonly paragraphs: readonly string[];
  readonly citations: readonly Citation[];
}

/** What the synthesis step writes around the sections. */
export interface Synthesis {
  readonly title: string;
  readonly abstract: string;
  readonly keyFindings: readonly string[];
  readonly conclusion: string;
}

/** The whole report as shown to the reviewer and rendered. */
export interface Draft extends Synthesis {
  readonly topic: string;
  readonly source: { readonly title: string; readonly author: string };
  readonly sections: readonly Section[];
  readonly chapterTitles: Readonly<Record<string, string>>;
}

export interface RenderedPdf {
  /** Absolute path on the worker's machine. */
  readonly path: string;
  readonly pages: number;
  readonly bytes: number;
  readonly sha256: string;
}

export type ResearchReport =
  | { readonly status: 'published'; readonly pdf: RenderedPdf; readonly decision: Decision<Draft> }
  | { readonly status: 'rejected' | 'expired'; readonly decision: Decision<Draft> };
