/** What a scanner takes for what. Labels are found in spite of it; digits are read through it only where a checksum or a form confirms them. */

const lookAlikes: Readonly<Record<string, string>> = {
  a: '[aàâä]',
  b: '[b8]',
  c: '[cçe]',
  d: '(?:d|cl)',
  e: '[eéèêc]',
  g: '[gq9]',
  i: '[i1l|!î]',
  l: '[l1i|!]',
  m: '(?:m|rn|nn)',
  n: '[nñ]',
  o: '[o0ôö]',
  s: '[s5]',
  t: '[t]',
  u: '(?:[uüvû]|ii)',
  w: '(?:w|vv)',
  z: '[z2]',
  ä: '(?:ä|a|ae)',
  ö: '(?:ö|o|oe|0)',
  ü: '(?:ü|u|ue|ii)',
  ß: '(?:ß|ss|b|8)',
  é: '[éeè]',
  è: '[èeé]',
  à: '[àa]',
  ç: '[çc]',
  ê: '[êe]',
  ' ': '[\\s_]*',
  '.': '[.,:]?',
};

/** Source of a pattern, to be used with `iu`, that finds a word or phrase as a scanner may have read it. */
export function tolerant(phrase: string): string {
  return [...phrase.toLowerCase()].map((one) => lookAlikes[one] ?? one.replace(/[$()*+?[\\\]^{|}/]/, '\\$&')).join('');
}

/** One of these, nothing but letters and digits apart before and behind. */
export function anyOf(phrases: readonly string[]): RegExp {
  const longestFirst = [...phrases].sort((a, b) => b.length - a.length);
  const sources = longestFirst.map((one) =>
    /\p{L}$/u.test(one) ? `${tolerant(one)}(?![\\p{L}\\p{N}])` : tolerant(one),
  );
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${sources.join('|')})`, 'iu');
}

const digitOf: Readonly<Record<string, string>> = {
  O: '0',
  o: '0',
  Q: '0',
  D: '0',
  l: '1',
  I: '1',
  i: '1',
  '|': '1',
  '!': '1',
  Z: '2',
  z: '2',
  S: '5',
  s: '5',
  G: '6',
  b: '6',
  B: '8',
  g: '9',
  q: '9',
};

/** A digit, or what is often read in its place. */
export const digitLike = '[0-9OoQlI|!ZSB]';

export function asDigits(text: string): string {
  return [...text].map((one) => digitOf[one] ?? one).join('');
}

/** Small letters without accents, digits and letters that look alike made one: to compare what was read with what is there. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/rn/g, 'm')
    .replace(/vv/g, 'w')
    .replace(/cl/g, 'd')
    .replace(/[0öq]/g, 'o')
    .replace(/[1|!ij]/g, 'l')
    .replace(/[2]/g, 'z')
    .replace(/[5]/g, 's')
    .replace(/[8]/g, 'b')
    .replace(/[6]/g, 'b')
    .replace(/[9]/g, 'g')
    .replace(/[cé]/g, 'e')
    .replace(/v/g, 'u')
    .replace(/[^\p{L}\p{N}]+/gu, '');
}
