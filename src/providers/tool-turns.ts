import type { ModelMessage } from '../contracts/model';

type MessageOf<Role extends ModelMessage['role']> = Extract<ModelMessage, { role: Role }>;
export type UserMessage = MessageOf<'user'>;
export type AssistantMessage = MessageOf<'assistant'>;
export type ToolMessage = MessageOf<'tool'>;

/** A message, or the results of all tool calls of one answer: to some providers these are one message. */
type Turn = UserMessage | AssistantMessage | { readonly role: 'tool'; readonly results: readonly ToolMessage[] };

export function turnsOf(messages: readonly ModelMessage[]): Turn[] {
  const turns: Turn[] = [];
  let results: ToolMessage[] | undefined;
  for (const message of messages) {
    if (message.role !== 'tool') {
      results = undefined;
      turns.push(message);
    } else if (results === undefined) {
      results = [message];
      turns.push({ role: 'tool', results });
    } else {
      results.push(message);
    }
  }
  return turns;
}
