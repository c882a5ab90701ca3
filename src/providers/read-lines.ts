/** Reads JSON lines of a body without ever holding more than one of them, and of one that is too long only its head. */
import { longestAnswer } from './answer-size';
import type { BatchLine } from './batch-provider';
import { recordOf, textOf } from './wire-value';

/** Room for JSON's escapes. */
const longestLine = 2 * longestAnswer;
/** Where every provider's line says whose it is. */
const headCharacters = 4_096;
const customIdInHead = /"custom_id"\s*:\s*"([\w-]{1,64})"/;

export async function* readLines(
  body: AsyncIterable<Uint8Array> | null,
  longest = longestLine,
): AsyncGenerator<BatchLine> {
  const decoder = new TextDecoder();
  const line = new OpenLine(longest);
  for await (const chunk of body ?? []) yield* line.add(decoder.decode(chunk, { stream: true }));
  yield* line.add(`${decoder.decode()}\n`);
}

class OpenLine {
  private pieces: string[] = [];
  private length = 0;

  constructor(private readonly longest: number) {}

  /** The lines that end in this text. */
  *add(text: string): Generator<BatchLine> {
    let from = 0;
    for (let to = text.indexOf('\n'); to !== -1; to = text.indexOf('\n', from)) {
      this.append(text.slice(from, to));
      from = to + 1;
      yield* this.end();
    }
    this.append(text.slice(from));
  }

  private append(piece: string): void {
    const hasRoom = this.length <= this.longest;
    this.length += piece.length;
    if (this.length <= this.longest) this.pieces.push(piece);
    // The head is all that is needed of it from now on.
    else if (hasRoom)
      this.pieces = [[...this.pieces, piece.slice(0, headCharacters)].join('').slice(0, headCharacters)];
  }

  private *end(): Generator<BatchLine> {
    const text = this.pieces.join('');
    const isTooLong = this.length > this.longest;
    this.pieces = [];
    this.length = 0;
    if (text.trim() === '') return;
    const value = isTooLong ? undefined : parse(text);
    const customId = textOf(recordOf(value)['custom_id']) ?? customIdInHead.exec(text.slice(0, headCharacters))?.[1];
    yield { customId, value, isTooLong };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // The line's own failure, not the batch's.
  }
}
