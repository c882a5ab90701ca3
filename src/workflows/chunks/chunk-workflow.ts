/** The child workflow that works on one chunk of a list. Its steps belong to the run that started it. */
import { workflowInfo } from '@temporalio/workflow';
import type { ChunkInput, ChunkOutput, ItemFailure, ItemOutcome } from '../../contracts/each';
import type { JsonValue } from '../../contracts/json';
import { chunkCharacters } from '../policy/each-chunks';
import { jsonCharactersOf } from '../policy/json-characters';
import { toleratedFailureOf } from '../primitives/each';
import { ItemScope } from '../primitives/each-item';
import { runLanes } from '../primitives/each-lanes';
import { workOf } from '../primitives/each-work';
import { currentRun } from '../primitives/run-state';

export async function holdfastChunk(input: ChunkInput): Promise<ChunkOutput> {
  const { items, list, from, tolerated } = input;
  const run = currentRun();
  const work = workOf(input.work);
  const progress = run.openList(input.work, items.length);
  const outcomes: ItemOutcome<JsonValue | undefined>[] = [];
  const failures: ItemFailure[] = [];
  let characters = 0;
  const runItem = async (index: number): Promise<void> => {
    const item = new ItemScope({ list, item: from + index });
    try {
      const value = (await item.run(() => work(items[index] as never, from + index))) as JsonValue | undefined;
      outcomes[index] = { ok: true, ...(value !== undefined && { value }) } as ItemOutcome<JsonValue | undefined>;
      progress.add({ done: 1 });
    } catch (error) {
      const failure = toleratedFailureOf(error);
      if (failure === undefined) throw error;
      outcomes[index] = { ok: false, failure };
      failures.push(failure);
      progress.add({ failed: 1 });
      if (failures.length > tolerated) throw new GivenUp();
    }
    characters += jsonCharactersOf(outcomes[index]);
  };
  const isEnough = (): boolean => characters > chunkCharacters || workflowInfo().continueAsNewSuggested;
  const answer = (): Pick<ChunkOutput, 'totals' | 'plans'> => ({
    totals: run.totals(),
    plans: [...run.plans.values()].filter(({ step }) => !input.part.plans.some((known) => known.step === step)),
  });
  try {
    await runLanes({ count: items.length, concurrency: input.concurrency, isEnough }, runItem);
    return { outcomes, ...answer() };
  } catch (error) {
    if (error instanceof GivenUp) return { outcomes: [], gaveUp: failures, ...answer() };
    throw error;
  } finally {
    progress.end();
  }
}

/** More items failed than may. Never leaves the chunk. */
class GivenUp extends Error {}
