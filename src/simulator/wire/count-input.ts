/** Tokens of a request's input, by the endpoint's own count. */
import { countTokens } from '../tokenizer';
import { tokensOfAttachment } from './attachments';
import type { ModelCall, ServedModel } from './wire-format';

type Input = Pick<ModelCall, 'instructions' | 'messages' | 'schema' | 'tools'>;

export interface Framing {
  /** Messages as the provider counts them, instructions perhaps among them. */
  readonly messages: number;
  readonly tokensPerMessage: number;
  readonly tokensPerConversation: number;
}

export function countInput(input: Input, framing: Framing, served: ServedModel): number {
  const { instructions, messages, schema, tools } = input;
  const texts = [
    instructions,
    ...messages.map((message) => message.text),
    schema === undefined ? '' : JSON.stringify(schema),
    ...(tools.length === 0 ? [] : [JSON.stringify(tools)]),
  ];
  const files = messages.flatMap(({ attachments = [] }) => attachments).map(tokensOfAttachment);
  const content = [...texts.map(countTokens), ...files].reduce((sum, tokens) => sum + tokens, 0);
  const frame = framing.messages * framing.tokensPerMessage + framing.tokensPerConversation;
  return served.toOwnTokens(content + frame, texts.join('\n'));
}
