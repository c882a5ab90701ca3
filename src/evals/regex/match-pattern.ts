import type { Pattern } from './parse-pattern';

/** Longer texts are not searched: what is asserted about an answer stands in its first part, or the answer is wrong. */
export const mostSearchedCharacters = 100_000;

/**
 * Whether the pattern is found anywhere in the text, in time proportional to text × pattern, whatever the pattern: all
 * ways through it are gone at once, one character after the other (Thompson 1968).
 */
export function matchPattern(pattern: Pattern, text: string): boolean {
  const characters = [...text.slice(0, mostSearchedCharacters)];
  let current = new Set<number>();
  for (let index = 0; index <= characters.length; index++) {
    const place = { isStart: index === 0, isEnd: index === characters.length };
    // A match may begin at every character.
    const reached = closureOf(pattern, [...current, 0], place);
    const character = characters[index];
    current = new Set();
    for (const at of reached) {
      const instruction = pattern[at];
      if (instruction?.kind === 'match') return true;
      if (instruction?.kind === 'character' && character !== undefined && instruction.matches(character))
        current.add(at + 1);
    }
  }
  return false;
}

/** Everything that can be reached from these without taking a character. */
function closureOf(
  pattern: Pattern,
  from: readonly number[],
  { isStart, isEnd }: { isStart: boolean; isEnd: boolean },
): Set<number> {
  const reached = new Set<number>();
  const open = [...from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (reached.has(at)) continue;
    reached.add(at);
    const instruction = pattern[at];
    if (instruction?.kind === 'fork') open.push(...instruction.to);
    else if ((instruction?.kind === 'start' && isStart) || (instruction?.kind === 'end' && isEnd)) open.push(at + 1);
  }
  return reached;
}
