/** Cuts prose into sentences, each a literal piece of the text it came from. */

export interface SentenceSpan {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

const abbreviations = new Set(
  'mr mrs ms dr st messrs prof rev hon gen no nos op vol vols chap ch fig figs p pp ed eds etc cf vs viz jr sr i.e e.g'.split(
    ' ',
  ),
);

/** A stop with what closes behind it, before a blank and the beginning of another sentence; or an empty line. */
const boundaryPattern = /[.!?]["'”’)\]_]*(?=\s+["'“‘([_]*[\p{Lu}\p{N}])|\n\s*\n/gu;

export function splitSentences(text: string): SentenceSpan[] {
  const spans: SentenceSpan[] = [];
  let start = 0;
  const close = (end: number): void => {
    const piece = text.slice(start, end);
    const lead = piece.length - piece.trimStart().length;
    const trimmed = piece.trim();
    if (trimmed !== '') spans.push({ start: start + lead, end: start + lead + trimmed.length });
    start = end;
  };
  for (const match of text.matchAll(boundaryPattern)) {
    if (match[0].startsWith('.') && endsWithAbbreviation(text.slice(start, match.index))) continue;
    close(match.index + match[0].length);
  }
  close(text.length);
  return spans;
}

function endsWithAbbreviation(text: string): boolean {
  const lastWord = /[\p{L}.]+$/u.exec(text)?.[0] ?? '';
  // A single capital is an initial, as in `W.J. Henderson`.
  return /(?:^|\.)\p{Lu}$/u.test(lastWord) || abbreviations.has(lastWord.toLowerCase());
}
