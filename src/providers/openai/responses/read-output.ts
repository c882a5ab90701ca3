/** The items of a response's output: calls, messages, refusals. */
import type { ToolCall } from '../../../contracts/model';
import { parseArguments } from '../../tool-arguments';
import { isRecord, textOf } from '../../wire-value';
import type { WireRecord } from '../../wire-value';

interface WholeCalls {
  readonly calls: readonly ToolCall[];
  /** Name of the first whose arguments are not a JSON object, or were cut. */
  readonly unreadable: string | undefined;
}

/** `isCut`: the answer stopped at its token limit, so its last call is not to be trusted, whatever it looks like. */
export function readCalls(items: readonly WireRecord[], { isCut }: { isCut: boolean }): WholeCalls {
  const made = items.filter((item) => item['type'] === 'function_call');
  if (isCut) return { calls: [], unreadable: made.length === 0 ? undefined : (textOf(made.at(-1)?.['name']) ?? '') };
  const calls: ToolCall[] = [];
  for (const [index, item] of made.entries()) {
    const name = textOf(item['name']) ?? '';
    const parsed = name === '' ? undefined : parseArguments(textOf(item['arguments']) ?? '');
    if (parsed === undefined) return { calls: [], unreadable: name };
    calls.push({ id: textOf(item['call_id']) || `call_${index}`, name, arguments: parsed });
  }
  return { calls, unreadable: undefined };
}

/** A message in which the model only says what it is about to do; no part of the answer. */
export function isCommentary(item: unknown): boolean {
  return isRecord(item) && item['phase'] === 'commentary';
}

/** What the messages say, one after the other. */
export function readMessages(items: readonly WireRecord[]): { readonly text: string; readonly isRefused: boolean } {
  const messages = items.filter((item) => item['type'] === 'message' && !isCommentary(item));
  return {
    text: messages.map(textOfMessage).join(''),
    isRefused: messages.flatMap(partsOf).some((part) => part['type'] === 'refusal'),
  };
}

export function textOfMessage(item: WireRecord): string {
  return partsOf(item)
    .map((part) => (part['type'] === 'output_text' ? (textOf(part['text']) ?? '') : ''))
    .join('');
}

function partsOf({ content }: WireRecord): readonly WireRecord[] {
  return Array.isArray(content) ? content.filter(isRecord) : [];
}
