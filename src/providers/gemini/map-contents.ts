import type { Content, Part } from '@google/genai';
import type { Attachment, ModelMessage } from '../../contracts/model';
import type { EndpointSettings } from '../../contracts/settings';
import { itemsCarriedBy } from '../carried';
import { turnsOf } from '../tool-turns';
import type { AssistantMessage, ToolMessage, UserMessage } from '../tool-turns';
import { textOf } from '../wire-value';
import { isBeforeGemini3 } from './generation';

/** From Gemini 3 on, a function call without a signature is a 400. This one stands for calls that came from elsewhere. */
const noSignature = 'skip_thought_signature_validator';

export function mapContents(messages: readonly ModelMessage[], endpoint: EndpointSettings): Content[] {
  return turnsOf(messages).map((turn) => {
    switch (turn.role) {
      case 'user':
        return { role: 'user', parts: mapUser(turn) };
      case 'assistant':
        return { role: 'model', parts: mapAssistant(turn, endpoint) };
      case 'tool':
        return { role: 'user', parts: turn.results.map(mapResult) };
    }
  });
}

/** What the question is about goes before the question. */
function mapUser({ content, attachments = [] }: UserMessage): Part[] {
  return withText(attachments.map(mapAttachment), content, 'last');
}

function mapAttachment(attachment: Attachment): Part {
  const mimeType = attachment.kind === 'pdf' ? 'application/pdf' : attachment.mediaType;
  return { inlineData: { mimeType, data: attachment.data } };
}

function mapAssistant({ content, toolCalls = [], carried }: AssistantMessage, endpoint: EndpointSettings): Part[] {
  const own = itemsCarriedBy(endpoint, carried);
  const calls = toolCalls.map(({ id, name, arguments: args }, index): Part => {
    const signature = textOf(own?.[index]) ?? placeholderOf(endpoint, index);
    const part: Part = { functionCall: { id, name, args: { ...args } } };
    return signature === undefined ? part : { ...part, thoughtSignature: signature };
  });
  return withText(calls, content, 'first');
}

/** The first call of an answer carries the signature for all of them. */
function placeholderOf({ model }: EndpointSettings, index: number): string | undefined {
  return index === 0 && !isBeforeGemini3(model) ? noSignature : undefined;
}

function mapResult({ toolCallId, name, content, isError = false }: ToolMessage): Part {
  return { functionResponse: { id: toolCallId, name, response: isError ? { error: content } : { output: content } } };
}

/** An empty text is refused beside other parts; without any there has to be one. */
function withText(parts: Part[], text: string, place: 'first' | 'last'): Part[] {
  if (text === '' && parts.length > 0) return parts;
  return place === 'first' ? [{ text }, ...parts] : [...parts, { text }];
}
