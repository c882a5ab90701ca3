/**
 * How each provider counts a call against its limits, one row per profile. What the rows have in common: a request is
 * one against `rpm` and `rpd`; input counts against `inputTpm` at admission; output counts against `outputTpm` while it
 * is generated, so what is expected is held until the truth is known; a call in flight is one against `concurrency`. A
 * limit that the provider itself does not have, but the config sets, is counted in the same way, never left open.
 *
 * - `openai`: `max_tokens` and an estimate of the input decide before a request runs
 *   (platform.openai.com/docs/guides/rate-limits). Both are charged, and unused output is not given back: the reading
 *   that is never too low. Cached input counts like any other (guides/prompt-caching).
 * - `azure`: prompt text, `max_tokens` and `best_of` make an estimate that is added to a count, which is reset every
 *   minute and never corrected (learn.microsoft.com, Azure OpenAI: manage quota, understanding rate limits).
 * - `anthropic`: input without what was read from the cache, estimated at admission and corrected later; output as it
 *   is produced, whatever `max_tokens` says. A plain `tpm` is a limit on input
 *   (platform.claude.com/docs/en/api/rate-limits: ITPM, OTPM, cache-aware ITPM).
 * - `gemini`: input tokens and requests per minute, requests per Pacific day (ai.google.dev/gemini-api/docs/rate-limits).
 *   Nothing says there that cached input is free, so it counts.
 * - `selfHosted`: normally `concurrency` alone. A `tpm` in front of an own model is held as strictly as OpenAI's,
 *   because nobody promises that anything is given back.
 */
import type { CapacityCost } from '../contracts/capacity';
import type { LimitProfileName } from '../contracts/settings';
import type { Usage } from '../contracts/usage';

export interface LimitProfile {
  /** What `tpm` is charged with at admission, and keeps. */
  readonly tpmCounts: 'inputAndRequestedOutput' | 'input';
  /** Whether input that the provider read from its prompt cache counts. How much it was shows in the usage alone. */
  readonly countsCachedInput: boolean;
  /** Whether its models read their input as o200k, the tokenizer estimates are made with. */
  readonly tokenizer: 'o200k' | 'own';
}

export const limitProfiles: Readonly<Record<LimitProfileName, LimitProfile>> = {
  openai: { tpmCounts: 'inputAndRequestedOutput', countsCachedInput: true, tokenizer: 'o200k' },
  azure: { tpmCounts: 'inputAndRequestedOutput', countsCachedInput: true, tokenizer: 'o200k' },
  anthropic: { tpmCounts: 'input', countsCachedInput: false, tokenizer: 'own' },
  gemini: { tpmCounts: 'input', countsCachedInput: true, tokenizer: 'own' },
  selfHosted: { tpmCounts: 'inputAndRequestedOutput', countsCachedInput: true, tokenizer: 'own' },
};

/** What a call is expected to be, in tokens. */
export interface ExpectedCall {
  readonly inputTokens: number;
  /** The cap that is sent along. */
  readonly requestedOutputTokens: number;
  readonly expectedOutputTokens: number;
}

/** What a call costs before it is made. Nothing is known of the cache then, so all of its input counts. */
export function admissionCostOf(profile: LimitProfile, call: ExpectedCall): CapacityCost {
  const { inputTokens, requestedOutputTokens, expectedOutputTokens } = call;
  const upfrontOutput = profile.tpmCounts === 'input' ? 0 : requestedOutputTokens;
  return { tokens: inputTokens + upfrontOutput, inputTokens, outputTokens: expectedOutputTokens };
}

/** What stays charged once the usage is known. Output over the cap counts too, where output counts. */
export function settledCostOf(
  profile: LimitProfile,
  call: { readonly usage: Usage; readonly requestedOutputTokens: number },
): CapacityCost {
  const { inputTokens: allInput, cachedInputTokens = 0, outputTokens } = call.usage;
  const inputTokens = profile.countsCachedInput ? allInput : Math.max(0, allInput - cachedInputTokens);
  const keptOutput = profile.tpmCounts === 'input' ? 0 : Math.max(outputTokens, call.requestedOutputTokens);
  return { tokens: inputTokens + keptOutput, inputTokens, outputTokens };
}
