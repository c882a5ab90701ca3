import { readFileSync } from 'node:fs';
import { citeSources } from '../../../src/documents/report/cite';
import { fontFaces, hasCharacter } from '../../../src/documents/report/fonts';
import { readCoverage } from '../../../src/documents/report/true-type-coverage';
import { runsOf, typographic } from '../../../src/documents/report/typeset';

describe('typographic', () => {
  test.each([
    ['He said "yes," and "no."', 'He said “yes,” and “no.”'],
    [`"He said 'yes'"`, '“He said ‘yes’”'],
    ["Tennyson's, the listeners' and the '90s", 'Tennyson’s, the listeners’ and the ’90s'],
    ['("so")--"then"', '(“so”)—“then”'],
    ['this -- and that...', 'this—and that…'],
    ['“Already” ‘set’ — é ß', '“Already” ‘set’ — é ß'],
    ['  two\tspaces\n and a\u00a0break ', 'two spaces and a break'],
    ['e\u0301 soft\u00adhyphen zero\u200bwidth bell\u0007 lone\ud800', 'é softhyphen zerowidth bell lone'],
  ])('sets %j', (text, set) => {
    expect(typographic(text)).toBe(set);
  });

  test('a word that fits no line may be broken every twelve characters, once and for all', () => {
    const set = typographic('x'.repeat(30));
    expect(set.split('\u200b').map(({ length }) => length)).toEqual([12, 12, 6]);
    expect(typographic(set)).toBe(set);
    expect(typographic('x'.repeat(28))).toBe('x'.repeat(28));
  });
});

describe('runsOf', () => {
  test('keeps text a face has in one run', () => {
    expect(runsOf('“Größe” — Łódź, Αθήνα, Москва', 'serif')).toEqual([
      { font: 'serif', text: '“Größe” — Łódź, Αθήνα, Москва' },
    ]);
  });

  test.each([
    ['C♯ and B♭', [{ font: 'serif', text: 'C# and Bb' }]],
    [
      'a\u2011b',
      [
        { font: 'serif', text: 'a' },
        { font: 'sans', text: '\u2011' },
        { font: 'serif', text: 'b' },
      ],
    ],
    [
      '音楽!',
      [
        { font: 'sans', text: '□□' },
        { font: 'serif', text: '!' },
      ],
    ],
    ['✊🏽🇩🇪', [{ font: 'sans', text: '□□' }]],
    ['', []],
  ])('finds a face, an equivalent or a box for %j', (text, runs) => {
    expect(runsOf(text, 'serif')).toEqual(runs);
  });
});

describe('readCoverage', () => {
  test('knows what the fonts have and what they lack', () => {
    const serif = readCoverage(fontFaces.serif.normal);
    expect(serif.size).toBe(918);
    for (const character of 'AZaz09 “”—éßŁαЖ€') expect(serif.has(character.codePointAt(0) ?? 0)).toBe(true);
    for (const character of '□中😀♭\u0000\uffff') expect(serif.has(character.codePointAt(0) ?? 0)).toBe(false);
  });

  test('every face of a family has the same characters', () => {
    for (const faces of Object.values(fontFaces)) {
      expect(new Set(Object.values(faces).map((face) => readCoverage(face).size)).size).toBe(1);
    }
    expect(hasCharacter('sans', '□'.codePointAt(0) ?? 0)).toBe(true);
  });

  test('says that a file is no font', () => {
    expect(() => readCoverage(__filename)).toThrow();
    expect(readFileSync(fontFaces.sans.bold).readUInt32BE(0)).toBe(0x0001_0000);
  });
});

describe('citeSources', () => {
  const section = (paragraphs: string[], ...quotes: string[]) => ({
    heading: 'H',
    paragraphs,
    citations: quotes.map((quote) => ({ chapter: 1, quote })),
  });
  /** Paragraphs with their markers in brackets. */
  const marked = (...sections: ReturnType<typeof section>[]): string[][] =>
    citeSources(sections).sections.map((paragraphs) =>
      paragraphs.map((pieces) =>
        pieces.map(({ text, sources }) => text + sources.map((number) => `[${number}]`).join('')).join(''),
      ),
    );

  test('puts a marker behind the words it quotes and their punctuation', () => {
    expect(
      marked(section(['First.', 'He says “music is most practised,” and more.'], 'music is most practised')),
    ).toEqual([['First.', 'He says “music is most practised,”[1] and more.']]);
  });

  test('finds the words whatever marks stand between them, but not inside other words', () => {
    expect(marked(section(['The art—the “fine” art—is.'], "the 'fine' art"))).toEqual([
      ['The art—the “fine” art[1]—is.'],
    ]);
    expect(marked(section(['The partly art is.'], 'art'))).toEqual([['The partly art[1] is.']]);
  });

  test('puts it at the end of the paragraph most alike otherwise, or of the last one', () => {
    const paragraphs = ['Melody and rhythm.', 'Oboes and violins sound.', 'The end.'];
    expect(marked(section(paragraphs, 'the violin and the oboe'))).toEqual([
      ['Melody and rhythm.', 'Oboes and violins sound.[1]', 'The end.'],
    ]);
    expect(marked(section(paragraphs, 'qwerty'))).toEqual([
      ['Melody and rhythm.', 'Oboes and violins sound.', 'The end.[1]'],
    ]);
  });

  test('numbers sources as the report meets them and gives one quoted twice one number', () => {
    const first = section(['beta gamma. alpha delta.'], 'alpha delta', 'beta gamma');
    const second = section(['alpha delta.', 'epsilon.'], 'epsilon', '“alpha delta”');
    expect(marked(first, second)).toEqual([['beta gamma.[1] alpha delta.[2]'], ['alpha delta.[2]', 'epsilon.[3]']]);
    expect(citeSources([first, second]).sources.map(({ number, quote }) => `${number} ${quote}`)).toEqual([
      '1 beta gamma',
      '2 alpha delta',
      '3 epsilon',
    ]);
  });

  test('keeps the sources of a section without paragraphs', () => {
    expect(citeSources([section([], 'alpha')])).toEqual({
      sections: [[]],
      sources: [{ number: 1, chapter: 1, quote: 'alpha' }],
    });
  });

  test('words with a special meaning in patterns are only words', () => {
    expect(marked(section(['What (a+b)* is.'], '(a+b)* is'))).toEqual([['What (a+b)* is.[1]']]);
  });
});
