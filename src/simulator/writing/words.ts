/** Words of a text, for comparing and for headings. */

const stopWords = new Set(
  (
    'a about above after again all also am an and any are as at be because been before being but by can could did do ' +
    'does each even for from had has have he her here him his how i if in into is it its may me more most much must ' +
    'my no nor not now of on one only or other our out over own same shall she should so some such than that the ' +
    'their them then there these they this those through to too under up upon us very was we were what when where ' +
    'which while who whom why will with would you your say says said book chapter bear works work'
  ).split(' '),
);

/** Words that carry meaning, lower case, without common endings: what two texts on one subject share. */
export function termsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(/\p{L}{3,}/gu) ?? [];
  return new Set(words.filter((word) => !stopWords.has(word)).map(stemOf));
}

function stemOf(word: string): string {
  const stem = word.replace(/(?:ies|es|s|ed|ing|ation|al|ic|ly)$/u, '');
  return stem.length >= 3 ? stem : word;
}

export function countWords(text: string): number {
  return text.match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu)?.length ?? 0;
}

const smallWords = new Set('a an and as at but by for from in into nor of on or over the to up with'.split(' '));

/** As a heading is written: `how an orchestra works` → `How an Orchestra Works`. */
export function toTitleCase(text: string): string {
  const words = text.trim().split(/\s+/);
  return words
    .map((word, index) => {
      const isSmall = smallWords.has(word.toLowerCase()) && index > 0 && index < words.length - 1;
      return isSmall ? word.toLowerCase() : word.replace(/\p{L}/u, (letter) => letter.toUpperCase());
    })
    .join(' ');
}

/** Typed prose as print: line breaks to blanks, `_emphasis_` dropped, `--` to a dash. */
export function tidy(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/_/g, '')
    .replace(/\s*--+\s*/g, '—')
    .trim();
}

/** The longest beginning of at most `maxLength` characters that ends with a whole word. */
export function cutAtWord(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const cut = text.slice(0, maxLength + 1);
  const lastBlank = cut.search(/\s\S*$/);
  return lastBlank > 0 ? cut.slice(0, lastBlank).trimEnd() : cut.slice(0, maxLength);
}

const numberWords = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ');
/** Regular expression source that matches a number as digits or as a word up to twelve. */
export const numberSource = `\\d{1,4}|${numberWords.join('|')}`;

export function numberOf(text: string): number {
  const word = numberWords.indexOf(text.toLowerCase());
  return word === -1 ? Number(text) : word;
}

/** Source of a regular expression that matches the text itself. */
export function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** `keyFindings` → `key findings`. */
export function spellOut(fieldName: string): string {
  return fieldName
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase();
}
