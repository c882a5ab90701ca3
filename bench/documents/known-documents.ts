/** The documents as they are kept in the repository. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { KnownDocument } from './generate';

export const documentsFile = resolve(__dirname, '..', '..', 'examples', 'documents', 'documents.jsonl');
export const documentsSeed = 20_261_121;

export function readKnownDocuments(): KnownDocument[] {
  const lines = readFileSync(documentsFile, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as KnownDocument);
}
