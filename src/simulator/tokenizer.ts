/**
 * The simulator's own count of tokens. On English prose it is within a few percent of the real tokenizers and never
 * equal to them, as every provider's count differs from an estimate made elsewhere.
 */

/** A run of at most eight letters with its blank, up to three digits, a run of blanks, or one other character. */
const tokenPattern = / ?\p{L}{1,8}| ?\p{N}{1,3}|\s+|[^\p{L}\p{N}\s]/gu;

/** The tokens of a text, in order; joined they are the text again. */
export function splitTokens(text: string): string[] {
  return text.match(tokenPattern) ?? [];
}

export function countTokens(text: string): number {
  return splitTokens(text).length;
}
