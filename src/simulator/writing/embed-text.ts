/**
 * A vector of a text whose cosine with another says how many words they share: good enough for retrieval to find the
 * right passage. Words and their beginnings are hashed into the numbers, long words weigh more, as rare ones do. The
 * model goes into the hash: vectors of two models mean nothing to each other, as in earnest.
 */
import { createHash } from 'node:crypto';

const shortestWord = 3;
/** So that `orchestra` and `orchestral` have something in common. */
const beginning = 5;

export function embedText(text: string, { model, dimensions }: { model: string; dimensions: number }): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  for (const [feature, weight] of featuresOf(text)) {
    const hash = createHash('sha256').update(`${model}\n${feature}`).digest();
    const index = hash.readUInt32LE(0) % dimensions;
    vector[index] = (vector[index] ?? 0) + (hash.readInt8(4) < 0 ? -weight : weight);
  }
  const length = Math.hypot(...vector);
  // No words at all: any direction, but always the same.
  if (length === 0) return vector.map((_, index) => (index === 0 ? 1 : 0));
  return vector.map((value) => value / length);
}

function featuresOf(text: string): Map<string, number> {
  const features = new Map<string, number>();
  const add = (feature: string, weight: number): void =>
    void features.set(feature, (features.get(feature) ?? 0) + weight);
  for (const [word] of text.toLowerCase().matchAll(/\p{L}+/gu)) {
    if (word.length < shortestWord) continue;
    const weight = Math.min(3, word.length / 4);
    add(word, weight);
    if (word.length > beginning) add(`${word.slice(0, beginning)}*`, weight / 2);
  }
  // The tenth mention says little more than the third.
  for (const [feature, weight] of features) features.set(feature, Math.sqrt(weight));
  return features;
}
