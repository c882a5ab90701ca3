import { assessExtraction } from '../../../../src/documents/extraction/assess';
import { readKnownDocuments } from '../../../../bench/documents/known-documents';
import type { ExtractedDocument } from '../../../../src/contracts/pipelines/extracted-document';

const documents = readKnownDocuments();
const { text, answer } = documents.find(({ id }) => id === 'invoice-classic-01') as (typeof documents)[number];
const right: ExtractedDocument = { ...answer, confidence: 0.95 };

describe('assessExtraction', () => {
  test('finds nothing against right answers of clean copies', () => {
    const doubted = documents
      .filter(({ noise }) => noise === 0)
      .map((one) => ({ id: one.id, ...assessExtraction(one.text, { ...one.answer, confidence: 0.95 }) }))
      .filter(({ problems }) => problems.length > 0);
    expect(doubted).toEqual([]);
  });

  test.each([
    ['sums that do not add up', { total: Number(answer.total) + 1 }, /^net .* and tax .* are not the total/],
    ['an account that cannot be', { iban: `${answer.iban?.slice(0, -1)}X` }, /^iban .* checksum or length/],
    ['a date that is none', { date: '2026-02-31' }, /^date 2026-02-31 is no date/],
    ['a due date before the date', { dueDate: '2001-01-01' }, /is before date/],
    ['a made-up name', { sender: 'Evil Corp Ltd' }, /^sender Evil Corp Ltd is not in the text$/],
    ['a made-up reference', { reference: 'ZZ-99-999' }, /^reference ZZ-99-999 is not in the text$/],
    ['one party twice', { recipient: answer.sender }, /^sender and recipient are the same$/],
    ['what cannot be missing', { total: null }, /^total is missing$/],
    ['no kind', { kind: 'other' as const }, /^it is no letter, invoice or agreement$/],
  ])('lowers the confidence for %s, and says why', (_what, wrong, problem) => {
    const { confidence, problems } = assessExtraction(text, { ...right, ...wrong });
    expect(confidence).toBeLessThan(0.8);
    expect(problems.filter((one) => problem.test(one))).toHaveLength(1);
  });

  test('a name that was misread on the page and put right is not held against anybody', () => {
    const scanned = text.replaceAll(
      String(answer.sender),
      String(answer.sender).replaceAll('l', '1').replace('m', 'rn'),
    );
    expect(assessExtraction(scanned, right)).toEqual({ confidence: 0.95, problems: [] });
  });

  test.each([Number.NaN, 7, -1])('a confidence of %d counts as none', (confidence) => {
    expect(assessExtraction(text, { ...right, confidence }).confidence).toBe(0);
  });
});
