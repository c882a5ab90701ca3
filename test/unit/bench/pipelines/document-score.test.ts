import { scoreOf } from '../../../../bench/pipelines/document-extraction/score';
import { answerOf } from '../../../../bench/documents/document';

const known = answerOf({ kind: 'invoice', sender: 'Müller & Söhne OHG', total: 12.5, date: '2026-03-03' });

describe('scoreOf', () => {
  test.each([
    ['the same', {}, { right: 12, wrong: 0, missing: 0 }],
    [
      'case, accents, spaces and punctuation',
      { sender: 'MULLER  & SOHNE, O.H.G.' },
      { right: 12, wrong: 0, missing: 0 },
    ],
    ['the same cents', { total: 12.5000001 }, { right: 12, wrong: 0, missing: 0 }],
    ['a misread letter', { sender: 'Mülier & Söhne OHG' }, { right: 11, wrong: 1, missing: 0 }],
    ['null for a value', { date: null }, { right: 11, wrong: 0, missing: 1 }],
    ['a value for null', { reference: 'A1' }, { right: 11, wrong: 1, missing: 0 }],
  ])('%s', (_what, given, score) => {
    expect(scoreOf({ ...known, ...given }, known)).toEqual({ fields: 12, ...score });
  });
});
