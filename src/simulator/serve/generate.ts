/** Lets the time of an answer pass while it is generated. */
import type { Piece } from '../wire/wire-format';
import type { Answer } from '../wire/answer';
import { outputTokensOf } from '../wire/answer';
import type { Exchange } from './exchange';
import type { Pacer } from './pacer';

/** Each piece when its last token is due. Rejects when `signal` aborts. */
export async function* paced(pieces: Iterable<Piece>, pacer: Pacer, signal: AbortSignal): AsyncGenerator<Piece> {
  let generated = 0;
  for (const piece of pieces) {
    generated += piece.tokens;
    if (piece.tokens > 0) await pacer.until(generated - 1, signal);
    yield piece;
  }
}

/** Tokens of a whole answer that are charged in one go while it is generated. */
const countedAtOnce = 64;

/** A whole answer: its tokens are counted meanwhile, when the client leaves as far as it came. */
export async function generateWhole(exchange: Exchange, answer: Answer, pacer: Pacer): Promise<void> {
  const total = outputTokensOf(answer);
  const { entry, signal } = exchange;
  await pacer.until(0, signal);
  exchange.generated(Math.min(1, total));
  try {
    while (entry.outputTokens < total) {
      const tokens = Math.min(countedAtOnce, total - entry.outputTokens);
      await pacer.until(entry.outputTokens + tokens - 1, signal);
      exchange.generated(tokens);
    }
  } catch (error) {
    exchange.generated(Math.max(0, Math.min(pacer.due(), total) - entry.outputTokens));
    throw error;
  }
}
