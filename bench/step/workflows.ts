/** The durable side: steps one after the other, as a pipeline of ours makes them. */
import { step } from '../../src/workflows/public';
import type { SerialInput } from './messages';

export { holdfastTier } from '../../src/workflows/public';

export async function durableSteps({ endpoint, steps }: SerialInput): Promise<number> {
  for (let index = 0; index < steps; index++) await step(`bench.${endpoint}`, { topic: `bells, part ${index}` });
  return steps;
}
