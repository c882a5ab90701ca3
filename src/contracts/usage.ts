/** Tokens one provider call consumed, in the provider's own count. */
export interface Usage {
  readonly inputTokens: number;
  /** Includes reasoning tokens, as every provider bills them as output. */
  readonly outputTokens: number;
  /** The part of `inputTokens` read from the provider's prompt cache. */
  readonly cachedInputTokens?: number;
  /** The part of `outputTokens` the model thought and did not say; absent when the provider does not tell. */
  readonly reasoningTokens?: number;
  /** True when the provider sent no usage (a cut stream) and the numbers are our estimate. */
  readonly estimated?: boolean;
}

/** Prices in US dollars per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  /** Defaults to `input`. */
  readonly cachedInput?: number;
  /** What a call within a batch of the provider's costs, as a share of all of them. Default 0.5. */
  readonly batch?: number;
}

export interface DatedPrice extends Price {
  /** First day of this price, `YYYY-MM-DD`, UTC. */
  readonly since: string;
}

export const noUsage: Usage = { inputTokens: 0, outputTokens: 0 };

export function addUsage(a: Usage, b: Usage): Usage {
  const cachedInputTokens = (a.cachedInputTokens ?? 0) + (b.cachedInputTokens ?? 0);
  const reasoningTokens = (a.reasoningTokens ?? 0) + (b.reasoningTokens ?? 0);
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    ...(cachedInputTokens > 0 ? { cachedInputTokens } : {}),
    ...(reasoningTokens > 0 ? { reasoningTokens } : {}),
    ...(a.estimated === true || b.estimated === true ? { estimated: true } : {}),
  };
}

/** The cost of one call in US dollars. */
export function costUsd(usage: Usage, price: Price): number {
  const cached = usage.cachedInputTokens ?? 0;
  const dollars =
    (usage.inputTokens - cached) * price.input +
    cached * (price.cachedInput ?? price.input) +
    usage.outputTokens * price.output;
  return dollars / 1_000_000;
}

/** The price of a call within a batch of the provider's: half, at OpenAI and at Anthropic. */
export function batchPriceOf({ input, output, cachedInput = input, batch = 0.5 }: Price): Price {
  return { input: input * batch, output: output * batch, cachedInput: cachedInput * batch };
}

/** The price that holds at `atMs` (Unix time). */
export function priceAt(
  { price, priceChanges = [] }: { readonly price: Price; readonly priceChanges?: readonly DatedPrice[] },
  atMs: number,
): Price {
  return priceChanges.findLast(({ since }) => Date.parse(since) <= atMs) ?? price;
}
