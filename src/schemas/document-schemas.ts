/** What `documentExtraction` reads out of a document, and what its reviewers are shown. The types are those of the contract. */
import type { z } from 'zod';
import { currencies, documentKinds } from '../contracts/pipelines/extracted-document';
import type { DocumentReview, ExtractedDocument } from '../contracts/pipelines/extracted-document';
import type { Zod } from './zod';

/** Schemas by name. */
export function defineDocumentSchemas(z: Zod) {
  const name = z.string().min(2).max(120).nullable();
  const date = z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a date such as 2026-03-17')
    .nullable();
  const amount = z.number().min(-1e9).max(1e9).nullable();
  const fields = z.strictObject({
    kind: z.enum(documentKinds),
    sender: name.describe('Who wrote it or sells; of an agreement the first party. The name only.'),
    recipient: name.describe('Who it is for or buys; of an agreement the second party. The name only.'),
    date: date.describe('Of issue, YYYY-MM-DD; of an agreement when it was made.'),
    reference: z
      .string()
      .min(1)
      .max(60)
      .nullable()
      .describe('Number of the invoice or agreement, reference of a letter.'),
    subject: z
      .string()
      .min(2)
      .max(200)
      .nullable()
      .describe('Subject line of a letter, title of an agreement; null for an invoice.'),
    dueDate: date.describe(
      'To be paid or answered by, YYYY-MM-DD; of an agreement its end. Only if the text states it.',
    ),
    currency: z.enum(currencies).nullable(),
    net: amount.describe('Of an invoice, without tax.'),
    tax: amount.describe('Of an invoice.'),
    total: amount.describe('To be paid, tax included; what a letter claims; the fee of an agreement.'),
    iban: z
      .string()
      .regex(/^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/, 'expected an IBAN without spaces')
      .nullable(),
    confidence: z.number().min(0).max(1).describe('How sure you are of all fields together: minimum 0, maximum 1.'),
  });
  return {
    ExtractedDocument: fields,
    DocumentReview: z.strictObject({
      fields,
      problems: z.array(z.string().max(500)).max(50),
      document: z.string().max(10_000),
    }),
  };
}

type Schemas = ReturnType<typeof defineDocumentSchemas>;
type Output<Name extends keyof Schemas> = DeepReadonly<z.infer<Schemas[Name]>>;
type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

// Does not compile when a schema and the contract that stands in histories part ways.
void (true satisfies Same<Output<'ExtractedDocument'>, DeepReadonly<ExtractedDocument>>);
void (true satisfies Same<Output<'DocumentReview'>, DeepReadonly<DocumentReview>>);
