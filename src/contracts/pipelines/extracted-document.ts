/** What `documentExtraction` reads out of a letter, an invoice or an agreement. */

export const documentKinds = ['invoice', 'letter', 'agreement', 'other'] as const;
export type DocumentKind = (typeof documentKinds)[number];

export const currencies = ['EUR', 'GBP', 'USD', 'CHF'] as const;
export type Currency = (typeof currencies)[number];

/** Null: the document does not say. Dates are ISO 8601, amounts decimal, both as `total: 1234.5`, never text. */
export interface ExtractedDocument {
  readonly kind: DocumentKind;
  /** Who wrote it or sells; of an agreement the first party. */
  readonly sender: string | null;
  /** Who it is for or buys; of an agreement the second party. */
  readonly recipient: string | null;
  /** Of issue; of an agreement when it was made. */
  readonly date: string | null;
  /** Number of the invoice or agreement, the sender's reference of a letter. */
  readonly reference: string | null;
  /** Subject line of a letter, title of an agreement. */
  readonly subject: string | null;
  /** To be paid or answered by; of an agreement its end. */
  readonly dueDate: string | null;
  readonly currency: Currency | null;
  /** Without tax. */
  readonly net: number | null;
  readonly tax: number | null;
  /** To be paid, tax included; what a letter claims; the fee of an agreement. */
  readonly total: number | null;
  /** Without spaces. */
  readonly iban: string | null;
  /** How sure whoever read it is, 0 to 1. */
  readonly confidence: number;
}

/** The fields that can be compared with a known answer. */
export const documentFields = [
  'kind',
  'sender',
  'recipient',
  'date',
  'reference',
  'subject',
  'dueDate',
  'currency',
  'net',
  'tax',
  'total',
  'iban',
] as const satisfies readonly (keyof ExtractedDocument)[];
export type DocumentField = (typeof documentFields)[number];

/** What a document of the kind cannot do without. */
export const neededFields: Readonly<Record<DocumentKind, readonly DocumentField[]>> = {
  invoice: ['sender', 'recipient', 'date', 'reference', 'currency', 'total'],
  letter: ['sender', 'recipient', 'date', 'subject'],
  agreement: ['sender', 'recipient', 'date', 'subject'],
  other: [],
};

/** What is checked without a model, and how sure one may be after it. */
export interface Assessment {
  /** 0 to 1: what the answer says of itself, lowered by each problem. */
  readonly confidence: number;
  /** One line each; empty when nothing speaks against the answer. */
  readonly problems: readonly string[];
}

/** What a reviewer is shown, and edits: only `fields` is taken from an edit. */
export interface DocumentReview {
  readonly fields: ExtractedDocument;
  readonly problems: readonly string[];
  /** The text as it was read, cut where it is very long. */
  readonly document: string;
}
