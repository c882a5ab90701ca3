/**
 * How much JSON one input of a pipeline, the variables of one step, or one answer may have.
 *
 * Temporal takes 2 MiB for a payload and 4 MiB for everything a worker sends at once, and ends a run that goes over
 * either. With a payload store a large payload is kept there and history holds a reference; then the limit is what a
 * worker's memory and the five seconds of a workflow task bear: a large value is copied a handful of times on its way.
 */

export interface SizeLimits {
  /** Bytes of JSON in UTF-8, escapes included, of an input, the variables of a step (attachments included), an answer. */
  readonly jsonBytes: number;
}

/** Under the server's 2 MiB, with room for the fields around the value. */
const inHistory: SizeLimits = { jsonBytes: 1_500_000 };

/** Twice what a provider's answer may have in characters is more than any caller has asked for yet. */
const byReference: SizeLimits = { jsonBytes: 32_000_000 };

/** Most the payload store takes as one payload: `byReference` with room for what stands around it and for encryption. */
export const maxPayloadBytes = 64 * 1024 * 1024;

export function sizeLimitsOf(hasPayloadStore: boolean): SizeLimits {
  return hasPayloadStore ? byReference : inHistory;
}

/**
 * The largest value that can be handed to Temporal at all. Workflow code checks against it, because it cannot know
 * whether there is a store and a payload that no store takes would fail its workflow task for ever.
 */
export const widestSizeLimits = byReference;

/** What walks a value calls itself once or twice per level, and the stack of a workflow bears about 2,000 levels. */
const maxJsonDepth = 500;

/** What is wrong with the size of a text of JSON, e.g. `has 70000002 bytes of JSON, at most 32000000 are taken`. */
export function sizeProblemOf(text: string, { jsonBytes }: SizeLimits): string | undefined {
  // Exact only near the limit: no code unit has more than three bytes.
  const bytes = 3 * text.length <= jsonBytes ? 0 : utf8BytesOf(text);
  if (bytes > jsonBytes) return `has ${bytes} bytes of JSON, at most ${jsonBytes} are taken`;
  const depth = jsonDepthOf(text);
  return depth > maxJsonDepth ? `is nested ${depth} levels deep, at most ${maxJsonDepth} are taken` : undefined;
}

/** Bytes of a text in UTF-8, without making them. Of well-formed text, as JSON always is: a lone surrogate is escaped there. */
export function utf8BytesOf(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    // A surrogate is half of a character of four bytes.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}

const quote = 0x22;
const backslash = 0x5c;
const opening: readonly number[] = [0x5b, 0x7b];
const closing: readonly number[] = [0x5d, 0x7d];

/** Levels of arrays and objects in a text of JSON. */
export function jsonDepthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === quote) index = endOfString(text, index);
    else if (opening.includes(unit)) deepest = Math.max(deepest, ++depth);
    else if (closing.includes(unit)) depth--;
  }
  return deepest;
}

function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === backslash) escapes++;
    if (escapes % 2 === 0) return end;
  }
  return text.length;
}
