/**
 * Vectors of texts, and how they travel: little-endian float32 numbers, one vector behind the other, as base64. In JSON
 * they would take four times the room, in histories and in the journal.
 */

/** Which vectors they are: those of other models, or of another length, can't be compared with them. */
export interface EmbeddingPlan {
  /** As the endpoints of the pool name it. */
  readonly model: string;
  /** Numbers of one vector. */
  readonly dimensions: number;
}

export type Vector = readonly number[];

/** Texts one call may carry, whoever the provider is: Gemini takes 100, OpenAI and Azure 2,048. */
export const mostTextsPerCall = 100;
/** Of all texts of one call, UTF-8. No tokenizer makes more tokens than bytes, and OpenAI takes 300,000 tokens. */
export const mostTextBytesPerCall = 262_144;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const bytesPerNumber = 4;

/** Without Buffer, btoa and their like: workflow code has none of them. */
export function packVectors(vectors: readonly Vector[]): string {
  const numbers = vectors.flat();
  const view = new DataView(new ArrayBuffer(numbers.length * bytesPerNumber));
  numbers.forEach((value, index) => view.setFloat32(index * bytesPerNumber, value, true));
  const bytes = new Uint8Array(view.buffer);
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b, c] = bytes.subarray(at, at + 3);
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    const digits = [18, 12, 6, 0].map((shift) => alphabet[(bits >> shift) & 63] ?? '');
    pieces.push(
      digits
        .slice(0, b === undefined ? 2 : c === undefined ? 3 : 4)
        .join('')
        .padEnd(4, '='),
    );
  }
  return pieces.join('');
}

/** Undefined for a text that is no such vectors. */
export function unpackVectors(packed: string, dimensions: number): Vector[] | undefined {
  const bytes = bytesOf(packed);
  const width = dimensions * bytesPerNumber;
  if (bytes === undefined || bytes.length === 0 || bytes.length % width !== 0) return undefined;
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length / width }, (_, vector) =>
    Array.from({ length: dimensions }, (_, index) => view.getFloat32(vector * width + index * bytesPerNumber, true)),
  );
}

const digitOf = new Map([...alphabet].map((letter, digit) => [letter, digit]));

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  const text = base64.replace(/=+$/, '');
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const letter of text) {
    const digit = digitOf.get(letter);
    if (digit === undefined) return undefined;
    bits = ((bits << 6) | digit) & 0xffffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes[at++] = (bits >> held) & 255;
  }
  return bytes;
}

/** −1 to 1: how much two texts are about the same. 0 where either vector is nothing but zeros. */
export function cosineOf(a: Vector, b: Vector): number {
  let dot = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (const [index, left] of a.entries()) {
    const right = b[index] ?? 0;
    dot += left * right;
    squaresA += left * left;
    squaresB += right * right;
  }
  const length = Math.sqrt(squaresA * squaresB);
  return length === 0 ? 0 : dot / length;
}
