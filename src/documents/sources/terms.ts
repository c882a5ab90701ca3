/** Text as search terms: lower case, without accents, function words and the commonest English endings. */

const stopWords = new Set(
  (
    'a about above after again all also although am an and any are as at be because been before being between both but by ' +
    'can cannot could did do does doing down during each either else every few for from further had has have having he her ' +
    'here hers him his how however i if in into is it its itself just may me might more most much must my no nor not of off ' +
    'on once one only or other our out over own per rather same shall she should so some such than that the their them then ' +
    'there these they this those though through thus to too under until up upon us very was we were what when where whether ' +
    'which while who whom whose why will with within without would yet you your'
  ).split(' '),
);

/** The terms of a text in order, repeated as they occur. */
export function termsOf(text: string): string[] {
  const words = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’]s\b/g, '')
    .match(/[\p{L}\p{N}]+/gu);
  return (words ?? []).filter((word) => word.length > 1 && !stopWords.has(word)).map(stemOf);
}

/** A light stem: enough to bring `symphonies` and `symphony`, `listening` and `listen` together. */
function stemOf(word: string): string {
  const singular = word
    .replace(/(?<=..)ies$/, 'y')
    .replace(/(?<=ss|sh|ch|x)es$/, '')
    .replace(/(?<=[^sui])s$/, '');
  if (singular.length <= 4) return singular;
  const stem = singular.replace(/(?:ing|edly|ed|ly)$/, '');
  if (stem.length < 4) return singular;
  // planned → plan, and judged → judg, as judge does.
  return stem === singular ? singular.replace(/e$/, '') : stem.replace(/([bdgmnprt])\1$/, '$1');
}
