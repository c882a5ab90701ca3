/** What a loop may use, and which limit it has reached. */

export interface GuardLimits {
  readonly maxTurns: number;
  /** Input and output tokens of all turns. */
  readonly tokens?: number;
  /** US dollars. */
  readonly usd?: number;
  readonly timeMs?: number;
}

export interface GuardUse {
  readonly turns: number;
  readonly tokens: number;
  readonly usd: number;
  readonly ms: number;
}

/** The first limit that leaves nothing for another turn, for people; undefined while there is room. */
export function limitReached({ maxTurns, tokens, usd, timeMs }: GuardLimits, used: GuardUse): string | undefined {
  if (used.turns >= maxTurns) return `${used.turns} of ${maxTurns} turns are used`;
  if (tokens !== undefined && used.tokens >= tokens) return `${used.tokens} of ${tokens} tokens are used`;
  if (usd !== undefined && used.usd >= usd) return `$${used.usd.toFixed(4)} of $${usd.toFixed(4)} is spent`;
  if (timeMs !== undefined && used.ms >= timeMs) return `${seconds(used.ms)} of ${seconds(timeMs)} have passed`;
  return undefined;
}

/** What is wrong with the limits themselves. */
export function problemOfLimits({ maxTurns, tokens, usd, timeMs }: GuardLimits): string | undefined {
  if (!Number.isInteger(maxTurns) || maxTurns < 1) {
    return `maxTurns must be a whole number of at least 1, received ${maxTurns}`;
  }
  const amounts = Object.entries({ tokens, usd, time: timeMs });
  const wrong = amounts.find(([, amount]) => amount !== undefined && !(Number.isFinite(amount) && amount > 0));
  return wrong && `${wrong[0]} must be more than 0, received ${wrong[1]}`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
