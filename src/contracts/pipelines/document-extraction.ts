/** Contract of `documentExtraction`: what letters, invoices and agreements say, as fields. */
import { HoldfastError } from '../../errors/holdfast-error';
import { documentKinds } from './extracted-document';
import type { DocumentKind, ExtractedDocument } from './extracted-document';

export interface ExtractionInput {
  readonly documents: readonly DocumentInput[];
  /** Answers of less confidence are shown to a reviewer, 0 to 1. Default 0.8. `setThreshold` of `fields` changes it on the way. */
  readonly reviewBelow?: number;
  /** A step of the config with the same prompt variables and schema. Default `documents.extract`. */
  readonly step?: string;
}

export interface DocumentInput {
  /** Unique in the list: names its review and its result. */
  readonly id: string;
  /** As it was scanned or converted. */
  readonly text: string;
  /** What it is, where that is known: an answer that says otherwise is unsure. */
  readonly kind?: DocumentKind;
}

export type DocumentResult =
  | {
      readonly id: string;
      /** `rejected`, `expired`: a reviewer was asked about `fields`, which are those that nobody stands for. */
      readonly status: 'extracted' | 'rejected' | 'expired';
      readonly fields: ExtractedDocument;
      /** An endpoint, `rule parseDocument`, or the person who read it. */
      readonly servedBy: string;
      /** No model and no rule has read it. */
      readonly readByPerson?: true;
      /** Index in the step's ladder, 0 first. */
      readonly tier: number;
      readonly degraded: boolean;
      readonly confidence: number;
      /** What speaks against the fields as they were read. */
      readonly problems: readonly string[];
      /** What a reviewer said, and who; absent when none was asked. */
      readonly review?: { readonly outcome: string; readonly by?: string };
      readonly costUsd: number;
    }
  /** No tier could read it. */
  | {
      readonly id: string;
      readonly status: 'failed';
      readonly failure: { readonly type: string; readonly message: string };
    };

export interface ExtractionReport {
  /** In the order of the input. */
  readonly documents: readonly DocumentResult[];
  readonly extracted: number;
  /** Documents a person has read or reviewed, or has to: the failed, rejected and expired ones too. */
  readonly manual: number;
  readonly costUsd: number;
}

/** Documents of a run at most: more would outgrow what a run may take and return. */
export const mostDocuments = 2_000;
/** About 25,000 tokens: 40 pages. Longer texts are to be split where they are scanned. */
export const longestDocument = 100_000;
export const defaultReviewBelow = 0.8;
/** More control and replacement characters than this share: no text. */
const mostGarbage = 0.05;
const fields = ['documents', 'reviewBelow', 'step'];

/** Checks an input that may have come from anywhere. Throws `Pipeline.InvalidInput` naming field and received value. */
export function parseExtractionInput(value: unknown): ExtractionInput {
  if (!isRecord(value)) throw invalid('input', 'an object such as {"documents": [{"id": "a", "text": "…"}]}', value);
  refuseUnknown(value, fields, '');
  const { documents, reviewBelow, step } = value;
  if (!Array.isArray(documents) || documents.length < 1 || documents.length > mostDocuments) {
    throw invalid(
      'documents',
      `a list of 1 to ${mostDocuments}`,
      Array.isArray(documents) ? documents.length : documents,
    );
  }
  if (reviewBelow !== undefined && !(typeof reviewBelow === 'number' && reviewBelow >= 0 && reviewBelow <= 1)) {
    throw invalid('reviewBelow', 'a number from 0 to 1', reviewBelow);
  }
  if (step !== undefined && (typeof step !== 'string' || step === ''))
    throw invalid('step', 'the name of a step', step);
  const ids = new Set<string>();
  const read = documents.map((document: unknown, index) => parseDocumentInput(document, `documents[${index}]`, ids));
  return {
    documents: read,
    ...(reviewBelow === undefined ? {} : { reviewBelow }),
    ...(step === undefined ? {} : { step }),
  };
}

function parseDocumentInput(value: unknown, at: string, ids: Set<string>): DocumentInput {
  if (!isRecord(value)) throw invalid(at, 'an object with id and text', value);
  refuseUnknown(value, ['id', 'text', 'kind'], `${at}.`);
  const { id, text, kind } = value;
  if (typeof id !== 'string' || !/^[\w.-]{1,100}$/.test(id))
    throw invalid(`${at}.id`, '1 to 100 of A-Z a-z 0-9 _ . -', id);
  if (ids.has(id)) throw invalid(`${at}.id`, 'an id of its own', id);
  ids.add(id);
  if (typeof text !== 'string' || text.trim() === '') throw invalid(`${at}.text`, 'text that is not empty', text);
  if (text.length > longestDocument) {
    throw invalid(`${at}.text`, `at most ${longestDocument} characters; split it`, `${text.length} characters`);
  }
  const garbage = text.match(garbagePattern)?.length ?? 0;
  if (garbage > text.length * mostGarbage) {
    throw invalid(`${at}.text`, 'text, not bytes of a file', `${garbage} control characters in ${text.length}`);
  }
  if (kind !== undefined && !documentKinds.some((known) => known === kind)) {
    throw invalid(`${at}.kind`, `one of ${documentKinds.join(', ')}`, kind);
  }
  return { id, text: text.replace(garbagePattern, ''), ...(kind === undefined ? {} : { kind: kind as DocumentKind }) };
}

/** Control characters but line ends and tabs, halves of surrogate pairs, and what decoders put for bytes they do not know. */
const garbagePattern =
  /[\u0000-\u0008\u000b\u000e-\u001f\u007f\ufffd]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function refuseUnknown(value: object, known: readonly string[], at: string): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw invalid(`${at}${unknown}`, `no field of this name (known: ${known.join(', ')})`, undefined);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(field: string, expected: string, received: unknown): HoldfastError {
  const shown = received === undefined ? 'nothing' : JSON.stringify(received).slice(0, 80);
  const message = `documentExtraction: ${field}: expected ${expected}, received ${shown}`;
  return new HoldfastError('Pipeline.InvalidInput', message, { field });
}
