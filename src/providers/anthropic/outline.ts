/**
 * The order of an answer's blocks, with its thinking in full: what is carried from one tool turn to the next. Thinking
 * has to come back unchanged and in its place; text and arguments stand in the message anyway, so only their place is
 * kept.
 */
import type { AssistantMessage } from '../tool-turns';
import { isRecord } from '../wire-value';

export type OutlineItem =
  | { readonly type: 'text'; readonly length: number }
  | { readonly type: 'tool_use'; readonly id: string }
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'redacted_thinking'; readonly data: string };

export type Outline = readonly OutlineItem[];

/** True for the outline of exactly this message. */
export function isOutline(
  items: readonly unknown[] | undefined,
  { content, toolCalls = [] }: AssistantMessage,
): items is Outline {
  if (items === undefined || !items.every(isItem)) return false;
  const length = items.reduce((sum, item) => sum + (item.type === 'text' ? item.length : 0), 0);
  const ids = items.flatMap((item) => (item.type === 'tool_use' ? [item.id] : []));
  return length === content.length && ids.join('\n') === toolCalls.map(({ id }) => id).join('\n');
}

function isItem(item: unknown): item is OutlineItem {
  if (!isRecord(item)) return false;
  switch (item['type']) {
    case 'text':
      return typeof item['length'] === 'number';
    case 'tool_use':
      return typeof item['id'] === 'string';
    case 'thinking':
      return typeof item['thinking'] === 'string' && typeof item['signature'] === 'string';
    case 'redacted_thinking':
      return typeof item['data'] === 'string';
    default:
      return false;
  }
}
