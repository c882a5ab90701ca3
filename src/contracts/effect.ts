import type { ToolContext } from './step';

/** What an activity with a side effect is given besides its input. */
export interface EffectContext extends ToolContext {
  /**
   * 32 hex characters of the input's SHA-256. The same key with another digest is another effect under an old key, e.g.
   * after an operator's reset to code that asks for something else: refuse it with `Effect.Conflict`.
   */
  readonly inputDigest: string;
}
