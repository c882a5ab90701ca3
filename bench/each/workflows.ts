/** One step for every item of a list. */
import { defineWork, eachInChunks, step } from '../../src/workflows/public';
import type { ListInput } from './messages';

export { holdfastChunk, holdfastTier } from '../../src/workflows/public';

/** Says which item it was, so that a result in another's place shows. */
const classify = defineWork('classify', async (text: string, index: number): Promise<string> => {
  const { value } = await step<string>('bench.classify', { text });
  return `${index}: ${value}`;
});

export function classifyAll({ texts, concurrency }: ListInput): Promise<string[]> {
  return eachInChunks(texts, classify, { concurrency });
}
