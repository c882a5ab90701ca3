import { mostTextBytesPerCall, mostTextsPerCall, unpackVectors } from '../../contracts/embedding';
import type { EmbeddingPlan, Vector } from '../../contracts/embedding';
import { utf8BytesOf } from '../../contracts/size-limits';
import type { StepResult } from '../../contracts/step';
import { totalOf } from '../../contracts/step';
import { HoldfastError } from '../../errors/holdfast-error';
import { batchTexts } from '../policy/batch-texts';
import { each } from './each';
import { currentRun } from './run-state';
import { runStep } from './step';

export interface EmbedOptions {
  /** Texts in one call, 1 to 100. Default 64. Fewer where a call of so many would be larger than the pool's limits. */
  readonly textsPerCall?: number;
  /** Calls in progress at once. Default 4. */
  readonly concurrency?: number;
}

export interface Embedded extends Pick<StepResult, 'usage' | 'costUsd' | 'attempts'>, EmbeddingPlan {
  /** One for each text, in their order. */
  readonly vectors: readonly Vector[];
}

/** Part of what a recorded run replays: changing them needs `patched()`. */
const usual = { textsPerCall: 64, concurrency: 4 } as const;

/**
 * Turns texts into vectors by an embedding of `config/holdfast.yaml`, many texts a call, each call like that of a step:
 * capacity is reserved before it (its input tokens; it has no output), it is paid from the budgets, retried on other
 * endpoints of the same model, and journaled, so that a crash buys no vector again. With `cached` in the config, the
 * same texts of the same tenant are not bought by later runs either.
 *
 * All vectors of an answer are of one model and one length. Texts and vectors stand in history, packed, or by
 * reference where the workers have a payload store.
 *
 * @param name - an embedding, not a step
 * @throws Pipeline.InvalidInput for an empty list or an empty text, and what a step throws: Llm.ContextTooLong for a
 *   text longer than the model's window, Config.Invalid for a name that is no embedding
 */
export async function embed(name: string, texts: readonly string[], options: EmbedOptions = {}): Promise<Embedded> {
  const { textsPerCall = usual.textsPerCall, concurrency = usual.concurrency } = options;
  checkInput(name, texts, textsPerCall);
  const batches = batchTexts(texts, { texts: textsPerCall, bytes: mostTextBytesPerCall });
  const call = (batch: readonly string[]): Promise<StepResult<string>> =>
    runStep<string>({ name, variables: { texts: batch }, options: {}, embeds: true });
  const [only] = batches;
  const results =
    batches.length === 1 && only !== undefined ? [await call(only)] : await each(batches, call, { concurrency, name });
  // What the config says now may be another model than what this run began with.
  const plan = currentRun().plans.get(name)?.embedding;
  if (plan === undefined) throw new HoldfastError('Llm.Internal', `${name} was called as an embedding and is none`);
  const vectors = results.flatMap(({ value }, index) =>
    readVectors(name, value, { plan, batch: batches[index] ?? [] }),
  );
  const attempts = results.flatMap((result) => result.attempts);
  return { ...plan, vectors, attempts, ...totalOf(attempts) };
}

function readVectors(
  name: string,
  packed: string,
  { plan, batch }: { readonly plan: EmbeddingPlan; readonly batch: readonly string[] },
): readonly Vector[] {
  const vectors = unpackVectors(packed, plan.dimensions);
  if (vectors?.length === batch.length) return vectors;
  throw new HoldfastError(
    'Llm.Internal',
    `${name}: what was kept are not ${batch.length} vectors of ${plan.dimensions}`,
  );
}

function checkInput(name: string, texts: readonly string[], textsPerCall: number): void {
  const refuse = (problem: string): never => {
    throw new HoldfastError('Pipeline.InvalidInput', `embed ${name}: ${problem}`);
  };
  if (!Array.isArray(texts) || texts.length === 0) refuse('expected a list of one text or more');
  if (!Number.isInteger(textsPerCall) || textsPerCall < 1 || textsPerCall > mostTextsPerCall)
    refuse(`textsPerCall: expected a whole number from 1 to ${mostTextsPerCall}, received ${textsPerCall}`);
  for (const [index, text] of texts.entries()) {
    if (typeof text !== 'string' || text.trim() === '') refuse(`text ${index}: expected text, received nothing in it`);
    const bytes = utf8BytesOf(text);
    if (bytes > mostTextBytesPerCall)
      refuse(`text ${index}: has ${bytes} bytes, at most ${mostTextBytesPerCall} go into one call; split it`);
  }
}
