/** Cuts long paragraphs at sentence ends, so that a passage can be read and quoted. */

/** Abbreviations after which a full stop ends no sentence. */
const abbreviation =
  /(?:^|[\s("“])(?:mr|mrs|ms|messrs|dr|prof|rev|hon|st|sr|jr|no|nos|op|vol|p|pp|fig|ed|cf|vs|viz|etc|e\.g|i\.e|\p{Lu})\.$/iu;

/** Pieces of at most `longest` characters whose concatenation, with single spaces, is the text. */
export function splitText(text: string, longest: number): string[] {
  if (text.length <= longest) return [text];
  const pieces: string[] = [];
  let piece = '';
  for (const unit of sentencesOf(text).flatMap((sentence) => splitWords(sentence, longest))) {
    if (piece !== '' && piece.length + 1 + unit.length > longest) {
      pieces.push(piece);
      piece = unit;
    } else {
      piece = piece === '' ? unit : `${piece} ${unit}`;
    }
  }
  return [...pieces, piece];
}

export function sentencesOf(text: string): string[] {
  const sentences: string[] = [];
  let start = 0;
  for (const match of text.matchAll(/[.!?]["'”’)\]]*\s+(?=["'“‘([]*[\p{Lu}\p{N}])/gu)) {
    const end = match.index + match[0].length;
    const sentence = text.slice(start, end).trimEnd();
    if (abbreviation.test(sentence.slice(-12))) continue;
    sentences.push(sentence);
    start = end;
  }
  return [...sentences, text.slice(start)];
}

/** A sentence longer than a whole passage is cut between words, a word longer than that anywhere. */
function splitWords(sentence: string, longest: number): string[] {
  const parts: string[] = [];
  let rest = sentence;
  while (rest.length > longest) {
    const space = rest.lastIndexOf(' ', longest);
    const end = space > 0 ? space : cutOf(rest, longest);
    parts.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return rest === '' ? parts : [...parts, rest];
}

/** Never between the two halves of a surrogate pair. */
function cutOf(text: string, longest: number): number {
  const code = text.charCodeAt(longest - 1);
  return longest > 1 && code >= 0xd800 && code < 0xdc00 ? longest - 1 : longest;
}
