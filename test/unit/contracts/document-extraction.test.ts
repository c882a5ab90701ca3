import {
  longestDocument,
  mostDocuments,
  parseExtractionInput,
} from '../../../src/contracts/pipelines/document-extraction';
import { documentExtractionContract } from '../../../src/contracts/pipelines/extraction-contract';
import { isIban } from '../../../src/contracts/iban';
import { HoldfastError } from '../../../src/errors';

const document = { id: 'a', text: 'Dear Sir' };

describe('parseExtractionInput', () => {
  test('gives the input back, without stray control characters and halves of surrogate pairs', () => {
    const text = `Dear\u0000 Sir,\r\n\tthe 👍 is\ud83d fine, ${'and so on, '.repeat(10)}`;
    const input = { documents: [{ id: 'a', text, kind: 'letter' }], reviewBelow: 0.5, step: 'my.step' };
    const clean = text.replace('\u0000', '').replace('is\ud83d', 'is');
    expect(parseExtractionInput(input)).toEqual({ ...input, documents: [{ id: 'a', text: clean, kind: 'letter' }] });
  });

  test('its own example passes', () => {
    expect(parseExtractionInput(documentExtractionContract.exampleInput)).toEqual(
      documentExtractionContract.exampleInput,
    );
  });

  test.each([
    ['nothing', undefined, /input: expected an object.*received nothing/],
    ['a list', [document], /input: expected an object/],
    ['no documents', { documents: [] }, /documents: expected a list of 1 to 2000, received 0/],
    ['a text as documents', { documents: 'x' }, /documents: expected a list/],
    ['too many', { documents: Array.from({ length: mostDocuments + 1 }, () => document) }, /received 2001/],
    [
      'a document that is text',
      { documents: ['x'] },
      /documents\[0\]: expected an object with id and text, received "x"/,
    ],
    ['an id with a blank', { documents: [{ id: 'a b', text: 'x' }] }, /documents\[0\]\.id: expected 1 to 100 of/],
    ['an id twice', { documents: [document, document] }, /documents\[1\]\.id: expected an id of its own, received "a"/],
    [
      'an empty text',
      { documents: [{ id: 'a', text: '\n \t' }] },
      /documents\[0\]\.text: expected text that is not empty/,
    ],
    ['no text', { documents: [{ id: 'a' }] }, /documents\[0\]\.text: .*received nothing/],
    ['3 MB', { documents: [{ id: 'a', text: 'x'.repeat(3_000_000) }] }, /at most 100000 characters; split it/],
    [
      'bytes',
      { documents: [{ id: 'a', text: '%PDF-1.7\u0000\u0001\u0002\ufffd\ufffd' }] },
      /expected text, not bytes of a file/,
    ],
    [
      'an unknown kind',
      { documents: [{ ...document, kind: 'poem' }] },
      /kind: expected one of invoice, letter.*"poem"/,
    ],
    [
      'a field of a document',
      { documents: [{ ...document, file: 'a.pdf' }] },
      /documents\[0\]\.file: expected no field/,
    ],
    [
      'a threshold',
      { documents: [document], reviewBelow: 80 },
      /reviewBelow: expected a number from 0 to 1, received 80/,
    ],
    ['a step that is no name', { documents: [document], step: '' }, /step: expected the name of a step/],
    [
      'an unknown field',
      { documents: [document], document },
      /document: expected no field of this name \(known: documents/,
    ],
  ])('refuses %s with a type, the field and what was received', (_what, value, message) => {
    let thrown: unknown;
    try {
      parseExtractionInput(value);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(HoldfastError);
    expect(thrown).toMatchObject({ type: 'Pipeline.InvalidInput', message: expect.stringMatching(message) });
    expect((thrown as HoldfastError).message).not.toContain('\n');
  });

  test('takes the longest document it says it takes', () => {
    const text = 'x'.repeat(longestDocument);
    expect(parseExtractionInput({ documents: [{ id: 'a', text }] }).documents[0]?.text).toBe(text);
  });
});

describe('isIban', () => {
  test.each([
    ['DE89370400440532013000', true],
    ['GB82WEST12345698765432', true],
    ['DE89370400440532013001', false],
    ['DE8937040044053201300', false],
    ['XX89370400440532013000', false],
    ['DE89 3704 0044 0532 0130 00', false],
    ['', false],
  ])('%j: %s', (text, is) => {
    expect(isIban(text)).toBe(is);
  });
});
