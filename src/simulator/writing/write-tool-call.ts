/**
 * Whether the model calls a tool instead of answering, which one, and with what. It calls one tool in each turn of the
 * user: the first whose name or description shares a word with what the user said last, or else the first there is. When
 * the result is there it answers. `[[no tools]]` in the user's last message makes it answer at once, `[[loop tools]]` makes
 * it call a tool however many results there are.
 */
import { createRandom } from '../random';
import type { ChatMessage, ModelCall, Tool } from '../wire/wire-format';
import { fillSchema } from './fill-schema';
import { readMaterial } from './read-material';
import { spellOut, termsOf } from './words';
import { Writer } from './writer';

export interface WrittenToolCall {
  readonly name: string;
  /** JSON text. */
  readonly arguments: string;
}

const answerMarker = '[[no tools]]';
const loopMarker = '[[loop tools]]';

/** Undefined: the model answers. The same call and seed give the same tool call. */
export function writeToolCall(call: ModelCall, seed: string): WrittenToolCall | undefined {
  const { instructions, messages } = call;
  const lastUser = messages.findLast((message) => message.role === 'user')?.text ?? '';
  const tool = chooseTool(call, lastUser);
  if (tool === undefined) return undefined;
  const random = createRandom(seed, 'tool', messages.length);
  const writer = new Writer(readMaterial(instructions, [lastUser]), random, { generosity: 1 });
  const values = fillSchema({ root: tool.schema, writer, random, generosity: 1 });
  return { name: tool.name, arguments: JSON.stringify(values) };
}

function chooseTool({ messages, tools, toolChoice }: ModelCall, lastUser: string): Tool | undefined {
  if (tools.length === 0 || toolChoice === 'none' || lastUser.includes(answerMarker)) return undefined;
  if (typeof toolChoice === 'object') return tools.find((tool) => tool.name === toolChoice.name);
  const isForced = toolChoice === 'required' || lastUser.includes(loopMarker);
  return isForced || !hasResults(messages) ? nearestTool(tools, lastUser) : undefined;
}

/** Of this turn: since the user spoke last. */
function hasResults(messages: readonly ChatMessage[]): boolean {
  return messages.findLastIndex(({ role }) => role === 'tool') > messages.findLastIndex(({ role }) => role === 'user');
}

function nearestTool(tools: readonly Tool[], text: string): Tool | undefined {
  const said = termsOf(text);
  const isNear = ({ name, description }: Tool): boolean => {
    return [...termsOf(`${spellOut(name)} ${description}`)].some((term) => said.has(term));
  };
  return tools.find(isNear) ?? tools[0];
}
