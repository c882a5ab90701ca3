import * as z from 'zod';
import { readFileSync, statSync } from 'node:fs';
import { generateDocuments, layouts } from '../../../../bench/documents/generate';
import { documentsFile, documentsSeed, readKnownDocuments } from '../../../../bench/documents/known-documents';
import { isIban } from '../../../../src/contracts/iban';
import { createSchemaRegistry } from '../../../../src/schemas';

const documents = readKnownDocuments();

describe('generateDocuments', () => {
  test('gives the file of the repository, byte for byte, and another one for another seed', () => {
    const lines = (seed: number): string =>
      generateDocuments(seed)
        .map((one) => `${JSON.stringify(one)}\n`)
        .join('');
    expect(lines(documentsSeed)).toBe(readFileSync(documentsFile, 'utf8'));
    expect(lines(documentsSeed + 1)).not.toBe(readFileSync(documentsFile, 'utf8'));
  });

  test('there are over 200, of several layouts of each kind and several languages, half of them held out', () => {
    expect(documents.length).toBeGreaterThanOrEqual(200);
    expect(new Set(documents.map(({ id }) => id)).size).toBe(documents.length);
    for (const kind of ['invoice', 'letter', 'agreement']) {
      const ofKind = new Set(documents.filter(({ answer }) => answer.kind === kind).map(({ layout }) => layout));
      expect(ofKind.size).toBeGreaterThanOrEqual(6);
    }
    expect(new Set(layouts.map(({ language }) => language))).toEqual(new Set(['en-GB', 'en-US', 'de', 'ch', 'fr']));
    const heldOut = layouts.filter(({ isHeldOut }) => isHeldOut).length / layouts.length;
    expect(heldOut).toBeGreaterThan(0.4);
    expect(statSync(documentsFile).size).toBeLessThan(2_000_000);
  });

  test('every known answer is one of the schema, and possible', () => {
    const schema = createSchemaRegistry(z).get('ExtractedDocument');
    for (const { id, answer } of documents) {
      expect([id, schema.parse(JSON.stringify({ ...answer, confidence: 1 })).ok]).toEqual([id, true]);
      const { net, tax, total, iban, date, dueDate } = answer;
      if (net !== null && tax !== null && total !== null) expect(net + tax).toBeCloseTo(total, 2);
      if (iban !== null) expect(isIban(iban)).toBe(true);
      if (date !== null && dueDate !== null) expect(dueDate > date).toBe(true);
    }
  });

  test('a clean copy holds every name of its answer; a bad one is damaged', () => {
    const plain = (text: string): string => text.toLowerCase().replace(/\s+/g, ' ');
    const holds = ({ text, answer: { sender, recipient } }: (typeof documents)[number]): boolean =>
      [sender, recipient].every((name) => plain(text).includes(plain(String(name))));
    expect(documents.filter(({ noise }) => noise === 0).every(holds)).toBe(true);
    expect(documents.filter(({ noise }) => noise === 3).filter(holds).length).toBeLessThan(30);
  });
});
