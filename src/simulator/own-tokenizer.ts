/**
 * How an endpoint's tokenizer differs from the simulator's: a share it always counts too much or too little, which a
 * client can learn, and a share that is different for every text, which it cannot.
 */
import { createRandom } from './random';

export interface TokenizerSettings {
  /** -0.5 to 0.5; 0.1 = ten per cent more tokens for every text. Default 0. */
  readonly bias: number;
  /** 0 to 0.5; 0.1 = each text up to ten per cent more or fewer, always the same for the same text. Default 0. */
  readonly spread: number;
}

/** The endpoint's own count where the simulator's is `tokens`. At least 1. `parts` and the text are the seed. */
export function toOwnTokens(
  tokens: number,
  { bias, spread }: TokenizerSettings,
  ...parts: readonly (string | number)[]
): number {
  if (bias === 0 && spread === 0) return tokens;
  const drawn = spread === 0 ? 0 : spread * (2 * createRandom('tokenizer', ...parts).next() - 1);
  return Math.max(1, Math.round(tokens * (1 + bias + drawn)));
}
