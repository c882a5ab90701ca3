/** Text as scanners and converters give it, made readable: nothing is corrected here that could be another value. */

/** Left of a page, not of the document. */
const pageLine =
  /^\s*(?:[-–—]\s*)?(?:(?:page|seite|blatt|p\.)\s*)?\d{1,3}\s*(?:(?:of|von|sur|\/)\s*\d{1,3})?\s*(?:[-–—]\s*)?$/i;
/** What machines and mail rooms add. Their dates are not the document's. */
const stampLine =
  /\b(?:received|eingegangen|eingang|reçu|fax(?:ed|\s+from)?\s|scanned|gescannt|printed\s+on|gedruckt\s+am|copy\s+only|reg\.?\s+no\.?\s+scan)\b/i;

const stampWord = /^\s*\W*(?:copy|kopie|copie|duplicate|duplikat|paid|bezahlt|draft|entwurf)\W*$/i;

export function cleanText(text: string): string {
  const plain = text
    .normalize('NFKC')
    .replace(/\r\n?|\u2028|\u2029|\f/g, '\n')
    .replace(/\t/g, '    ')
    // Control characters, soft hyphens, zero-width and direction marks.
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\ufeff]/g, '')
    .replace(/[‐‑‒–—−]/g, '-')
    .replace(/[‘’‚`´]/g, "'")
    .replace(/[“”„«»]/g, '"');
  const joined = plain
    .replace(/ {200,}/g, ' '.repeat(200))
    .split('\n')
    .flatMap(inPieces)
    .map((line) => joinSpacedLetters(line.trimEnd()))
    .filter((line) => !isOfThePage(line))
    .join('\n');
  // A word parted at the end of a line goes on in small letters; numbers and codes with a hyphen stay as they are.
  return joined.replace(/(\p{L}{2,40})-\n *(\p{Ll}{2,40})/gu, '$1$2\n').replace(/\n{3,}/g, '\n\n');
}

/** No page has lines like these; patterns are to meet none on which they would take for ever. */
const longestLine = 1_000;

function inPieces(line: string): string[] {
  const pieces = Math.ceil(line.length / longestLine);
  return pieces <= 1
    ? [line]
    : Array.from({ length: pieces }, (_, index) => line.slice(index * longestLine, (index + 1) * longestLine));
}

function isOfThePage(line: string): boolean {
  return (
    stampLine.test(line) || stampWord.test(line) || (line.trim() !== '' && pageLine.test(line) && !/\d{4}/.test(line))
  );
}

/** `I N V O I C E` → `INVOICE`. */
function joinSpacedLetters(line: string): string {
  return line.replace(/(?<!\S)(?:\p{L} ){3,}\p{L}(?!\S)/gu, (spaced) => spaced.replaceAll(' ', ''));
}
