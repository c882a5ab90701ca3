import type Anthropic from '@anthropic-ai/sdk';
import type { Attachment, ModelMessage } from '../../contracts/model';
import type { EndpointSettings } from '../../contracts/settings';
import { itemsCarriedBy } from '../carried';
import { turnsOf } from '../tool-turns';
import type { AssistantMessage, ToolMessage, UserMessage } from '../tool-turns';
import { isOutline } from './outline';
import type { Outline } from './outline';

type Block = Anthropic.ContentBlockParam;

export function mapMessages(messages: readonly ModelMessage[], endpoint: EndpointSettings): Anthropic.MessageParam[] {
  return turnsOf(messages).map((turn) => {
    switch (turn.role) {
      case 'user':
        return { role: 'user', content: mapUser(turn) };
      case 'assistant':
        return { role: 'assistant', content: mapAssistant(turn, endpoint) };
      case 'tool':
        return { role: 'user', content: turn.results.map(mapResult) };
    }
  });
}

/** What the question is about goes before the question. */
function mapUser({ content, attachments = [] }: UserMessage): string | Block[] {
  if (attachments.length === 0) return content;
  return [...attachments.map(mapAttachment), ...mapText(content)];
}

function mapAttachment(attachment: Attachment): Block {
  switch (attachment.kind) {
    case 'image':
      return { type: 'image', source: { type: 'base64', media_type: attachment.mediaType, data: attachment.data } };
    case 'pdf': {
      const source = { type: 'base64', media_type: 'application/pdf', data: attachment.data } as const;
      return { type: 'document', source, title: attachment.name };
    }
  }
}

function mapAssistant(message: AssistantMessage, endpoint: EndpointSettings): string | Block[] {
  const { content, toolCalls = [], carried } = message;
  if (toolCalls.length === 0) return content;
  const items = itemsCarriedBy(endpoint, carried);
  const outline: Outline = isOutline(items, message)
    ? items
    : [{ type: 'text', length: content.length }, ...toolCalls.map(({ id }) => ({ type: 'tool_use', id }) as const)];
  let at = 0;
  return outline.flatMap((item): Block[] => {
    switch (item.type) {
      case 'text':
        return mapText(content.slice(at, (at += item.length)));
      case 'tool_use':
        return toolCalls.filter(({ id }) => id === item.id).map(mapCall);
      case 'thinking':
      case 'redacted_thinking':
        return [item];
    }
  });
}

function mapCall(call: { id: string; name: string; arguments: unknown }): Block {
  return { type: 'tool_use', id: toolUseId(call.id), name: call.name, input: call.arguments };
}

function mapResult({ toolCallId, content, isError = false }: ToolMessage): Anthropic.ToolResultBlockParam {
  return {
    type: 'tool_result',
    tool_use_id: toolUseId(toolCallId),
    // An error without a word is refused.
    content: isError && content.trim() === '' ? 'The tool failed.' : content,
    ...(isError ? { is_error: true } : {}),
  };
}

/** Blank text is refused. */
function mapText(text: string): Block[] {
  return text.trim() === '' ? [] : [{ type: 'text', text }];
}

/** The calls of another provider may have ids with other characters. */
function toolUseId(id: string): string {
  return id.replace(/[^\w-]/g, '_');
}
