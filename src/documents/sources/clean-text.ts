/**
 * Turns the raw lines of a transcribed book into paragraphs fit for a prompt and for literal quotation: side notes,
 * illustrations, footnotes and their markers go, italics lose their underscores, wrapped lines are joined.
 */

/** One level of nested brackets is enough for transcriptions; the bound keeps an unclosed bracket cheap. */
const bracketedNote =
  /\[(?:sidenote|illustration|music illustration|music|footnote|transcriber|plate)\b(?:[^[\]]|\[[^\]]{0,200}\]){0,4000}\]/gi;
const transliteration = /\[(?:greek|hebrew):\s*([^\]]{0,500})\]/gi;
const footnoteMarker = /\[(?:[A-Z]|\d{1,3}|[*†‡])\]/g;
const footnotesHeading = /^[ \t]*FOOTNOTES?:?[ \t]*$/m;

/** The paragraphs of a chapter's raw text, in order, none of them empty. */
export function cleanParagraphs(raw: string): string[] {
  const footnotes = footnotesHeading.exec(raw);
  return (footnotes === null ? raw : raw.slice(0, footnotes.index))
    .replace(bracketedNote, '')
    .replace(transliteration, '$1')
    .replace(footnoteMarker, '')
    .split(/\n[ \t]*\n/)
    .map(cleanLine)
    .filter((paragraph) => /\p{L}/u.test(paragraph));
}

/** A block of raw lines as one line of text. */
export function cleanLine(block: string): string {
  return (
    block
      // A line may be wrapped after a hyphen or a dash; the word or the dash goes on without a space.
      .replace(/-[ \t]*\n[ \t]*/g, '-')
      .replace(/\s+/g, ' ')
      .replace(/(?<![\p{L}\p{N}_])_([^_]+)_(?![\p{L}\p{N}_])/gu, '$1')
      .replace(/-{2,}/g, '—')
      .trim()
  );
}

/** Longest prefix of whole sentences within `longest` characters, else of whole words with an ellipsis. */
export function openingOf(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const head = text.slice(0, longest - 1);
  const sentenceEnd = Math.max(
    ...['. ', '! ', '? ', '." ', '.” '].map((mark) => head.lastIndexOf(mark) + mark.length - 1),
  );
  if (sentenceEnd > longest / 3) return head.slice(0, sentenceEnd).trimEnd();
  return `${head.slice(0, Math.max(head.lastIndexOf(' '), head.lastIndexOf('—')) + 1 || head.length).replace(/[\s—,;:]+$/, '')}…`;
}

export function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}
