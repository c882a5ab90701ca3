/**
 * What a Responses model wants to see again with the results of its tool calls: its reasoning, encrypted, in its place
 * among the calls and the words around them.
 */
import type { OpenAI } from 'openai';
import type { JsonObject, JsonValue } from '../../../contracts/json';
import type { Carried } from '../../../contracts/model';
import type { EndpointSettings } from '../../../contracts/settings';
import { carry, itemsCarriedBy } from '../../carried';
import { textOf } from '../../wire-value';
import type { WireRecord } from '../../wire-value';
import { callIdOf } from '../message-parts';
import { textOfMessage } from './read-output';

type InputItem = OpenAI.Responses.ResponseInputItem;

/** Undefined when there is no reasoning that could be given back. */
export function carriedOf(items: readonly WireRecord[], endpoint: EndpointSettings): Carried | undefined {
  const carried = items.map(carryItem).filter((item) => item !== undefined);
  return carried.some(({ type }) => type === 'reasoning') ? carry(endpoint, carried) : undefined;
}

/** What was carried from an answer of this endpoint, as input. */
export function carriedItemsOf(carried: Carried | undefined, endpoint: EndpointSettings): InputItem[] | undefined {
  return itemsCarriedBy(endpoint, carried) as InputItem[] | undefined;
}

/** Without the ids of calls and messages, which mean nothing where nothing is kept. Reasoning is known by its own. */
function carryItem(item: WireRecord): JsonObject | undefined {
  const { type, id, summary, encrypted_content: encrypted, phase } = item;
  switch (type) {
    case 'reasoning':
      if (typeof id !== 'string' || typeof encrypted !== 'string') return undefined;
      return {
        type,
        id,
        summary: Array.isArray(summary) ? (summary as JsonValue[]) : [],
        encrypted_content: encrypted,
      };
    case 'function_call': {
      const [callId, name, given] = [item['call_id'], item['name'], item['arguments']].map(
        (value) => textOf(value) ?? '',
      );
      return { type, call_id: callIdOf(callId ?? ''), name: name ?? '', arguments: given || '{}' };
    }
    case 'message': {
      const content = textOfMessage(item).toWellFormed();
      return content === ''
        ? undefined
        : { role: 'assistant', content, ...(typeof phase === 'string' ? { phase } : {}) };
    }
    default:
      return undefined;
  }
}
