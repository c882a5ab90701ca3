/** Numbers that only look random: the same seed gives the same ones on every machine (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** `count` of the items, in their order, each as likely as any other. */
export function sample<T>(items: readonly T[], count: number, random: () => number): T[] {
  const left = items.map((_, index) => index);
  const taken: number[] = [];
  while (taken.length < count && left.length > 0) {
    const at = Math.floor(random() * left.length);
    taken.push(left[at] ?? 0);
    left[at] = left[left.length - 1] ?? 0;
    left.pop();
  }
  return taken.sort((a, b) => a - b).flatMap((index) => items.slice(index, index + 1));
}
