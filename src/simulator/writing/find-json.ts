/** Finds JSON objects and arrays inside prose. */

export interface JsonBlock {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly value: unknown;
}

/** Text full of broken JSON is not searched to its end from every bracket. */
const mostFailures = 200;

/** Blocks that begin a line or follow a blank, outermost ones only, in order. */
export function findJson(text: string): JsonBlock[] {
  const blocks: JsonBlock[] = [];
  const opening = /(?<=^|[\s>`])[[{](?=\s*["[{\d])/gm;
  let failures = 0;
  for (let match = opening.exec(text); match !== null && failures < mostFailures; match = opening.exec(text)) {
    const end = endOfBlock(text, match.index);
    const value = end === undefined ? undefined : parse(text.slice(match.index, end));
    if (end === undefined || value === undefined) {
      failures += 1;
      continue;
    }
    blocks.push({ start: match.index, end, value });
    opening.lastIndex = end;
  }
  return blocks;
}

function endOfBlock(text: string, start: number): number | undefined {
  let depth = 0;
  let isInString = false;
  for (let index = start; index < text.length; index += 1) {
    const character = text[index];
    if (isInString) {
      if (character === '\\') index += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
