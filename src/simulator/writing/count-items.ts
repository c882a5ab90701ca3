/** How many items a list gets: what the prompt asks for, within what the schema allows. */
import type { Filling } from './filling';
import { literally, numberOf, numberSource, spellOut } from './words';

export interface CountRange {
  readonly min: number;
  readonly max: number;
}

const usualCounts: Readonly<Record<string, CountRange>> = {
  sections: { min: 4, max: 5 },
  paragraphs: { min: 3, max: 4 },
  citations: { min: 2, max: 4 },
  chapters: { min: 1, max: 2 },
  keyfindings: { min: 3, max: 5 },
};
const otherCount: CountRange = { min: 2, max: 3 };

/** `generosity` 1: as usual; below 1: the least that was asked for; 0: the least the schema allows, unless asked exactly. */
export function countItems(
  list: { name: string; bounds: { readonly minItems?: number; readonly maxItems?: number } },
  { writer, random, generosity }: Filling,
): number {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = list.bounds;
  const clamp = (count: number): number => Math.max(minItems, Math.min(maxItems, count));
  const asked = askedCount(writer.material.prompt, list.name);
  const usual = usualCounts[list.name.replace(/[_-]/g, '').toLowerCase()] ?? otherCount;
  const range = asked ?? { min: Math.max(minItems, usual.min), max: Math.max(minItems, usual.max) };
  if (generosity >= 1) return clamp(random.int(range.min, range.max));
  const leastUnasked = generosity > 0 ? range.min : Math.max(1, minItems);
  return clamp(asked?.min ?? leastUnasked);
}

/** `exactly 5 sections`, `3 to 5 key findings`, `between two and four paragraphs`, `at least 2 citations`. */
function askedCount(prompt: string, name: string): CountRange | undefined {
  const noun = spellOut(name).replace(/ies$|s$/, '');
  const amount = `(${numberSource})`;
  const tail = `(?:\\s+[\\w-]+){0,2}?\\s+["'\`]?(?:${noun.split(' ').map(literally).join('[ _-]?')}|${literally(name)})`;
  const find = (lead: string): number[] | undefined => {
    const match = new RegExp(`\\b${lead}${tail}`, 'i').exec(prompt);
    return match?.slice(1).map(numberOf);
  };
  const range = find(`${amount}\\s*(?:-|–|to|and|or)\\s*${amount}`);
  if (range !== undefined) return { min: Math.min(...range), max: Math.max(...range) };
  const exact = find(`exactly ${amount}`)?.[0];
  if (exact !== undefined) return { min: exact, max: exact };
  const least = find(`(?:at least|no fewer than) ${amount}`)?.[0];
  if (least !== undefined) return { min: least, max: least + 1 };
  const most = find(`(?:at most|up to|no more than) ${amount}`)?.[0];
  return most === undefined ? undefined : { min: Math.max(1, most - 1), max: most };
}
