/**
 * Prepares text for the page: typographic quotation marks and dashes, one kind of white space, and a face for every
 * character. What neither family has (CJK, emoji, …) becomes an open box, so that nothing is lost unseen.
 */
import { hasCharacter } from './fonts';
import type { FontFamily } from './fonts';

/** In Source Sans; the customary sign for a missing character. */
const missing = '□';

/** Close equivalents for characters that models like and text fonts lack. */
const equivalents: Readonly<Record<string, string>> = {
  '\u2011': '\u2010', // non-breaking hyphen
  '\u2015': '—',
  '♯': '#',
  '♭': 'b',
  '✓': '√',
  '●': '•',
  '▪': '•',
};

/** A word without a break opportunity in so many characters would run out of its column. */
const longestWord = /[^\s\u200b—–-]{29,}/g;
const zeroWidthSpace = '\u200b';

/** One line of text as it is printed; the font runs are added by `runsOf`. */
export function typographic(text: string): string {
  return (
    text
      .normalize('NFC')
      // Direction marks, joiners and lone surrogates would disturb the layout or the font engine.
      .replace(/[\p{Cf}\p{Cs}]/gu, '')
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .trim()
      .replace(/\.{3}/g, '…')
      .replace(/ -{2,3} |-{2,3}/g, '—')
      .replace(/(^|[\s([{—–‘])"/g, '$1“')
      .replace(/"/g, '”')
      .replace(/'(?=\d\ds?\b)/g, '’')
      .replace(/(^|[\s([{—–“])'/g, '$1‘')
      .replace(/'/g, '’')
      .replace(longestWord, (word) => word.match(/.{1,12}/gsu)?.join(zeroWidthSpace) ?? word)
  );
}

export interface Run {
  readonly font: FontFamily;
  readonly text: string;
}

/** Text that `typographic` made, in the family's face, with characters it lacks taken from the other one. */
export function runsOf(text: string, family: FontFamily): Run[] {
  const runs: { font: FontFamily; text: string }[] = [];
  for (const { segment } of graphemes.segment(text)) {
    const next = faceOf(segment, family);
    const last = runs.at(-1);
    if (last?.font === next.font) last.text += next.text;
    else runs.push(next);
  }
  return runs;
}

/** What a reader takes for one character is replaced as one: an emoji with its modifiers, say. */
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

function faceOf(grapheme: string, family: FontFamily): Run {
  const other = family === 'serif' ? 'sans' : 'serif';
  for (const text of [grapheme, equivalents[grapheme] ?? missing, missing]) {
    for (const font of [family, other] as const) {
      if ([...text].every((character) => hasCharacter(font, character.codePointAt(0) ?? 0))) return { font, text };
    }
  }
  return { font: 'sans', text: '?' };
}
