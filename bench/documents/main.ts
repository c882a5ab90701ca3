/** `node scripts/bench.mjs documents`: writes examples/documents/documents.jsonl anew, the same as it is unless this folder has changed. */
import { writeFileSync } from 'node:fs';
import { generateDocuments } from './generate';
import { documentsFile, documentsSeed } from './known-documents';

const documents = generateDocuments(documentsSeed);
const file = documentsFile;
writeFileSync(file, documents.map((document) => `${JSON.stringify(document)}\n`).join(''));
process.stderr.write(`${documents.length} documents in ${file}\n`);
