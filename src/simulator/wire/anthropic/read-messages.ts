/** Reads the messages of a Messages request: text, files, tool calls with their results, thinking with its signature. */
import { isRecord } from '../../read-input';
import type { InputRecord } from '../../read-input';
import { attachmentOf, imageTypes, pdfType } from '../attachments';
import { textOfContent } from '../text-of-content';
import type { Attachment, ChatMessage } from '../wire-format';
import { invalidRequest } from './errors';
import { signatureOf } from './thinking';
import type { Thinking } from './thinking';

type Blocks = readonly InputRecord[];

export function readMessages(list: unknown, thinking: Thinking): ChatMessage[] {
  if (list === undefined) throw invalidRequest('messages: Field required');
  if (!Array.isArray(list)) throw invalidRequest('messages: Input should be a valid list');
  if (list.length === 0) throw invalidRequest('messages: at least one message is required');
  /** Names of the tools the message before called, by the id of the call. */
  let open: ReadonlyMap<string, string> = new Map();
  return list.flatMap((message: unknown, index) => {
    const at = `messages.${index}`;
    const role: unknown = isRecord(message) ? message['role'] : undefined;
    if (role !== 'user' && role !== 'assistant') {
      throw invalidRequest(`${at}.role: Input should be 'user' or 'assistant'`);
    }
    const blocks = readBlocks((message as InputRecord)['content'], at);
    if (role === 'user') {
      const read = readUser(blocks, at, open);
      open = new Map();
      return read;
    }
    checkAnswered(open, at);
    open = callsIn(blocks, at);
    if (open.size > 0 && thinking.isRequired) checkBeginning(blocks, at);
    return [readAssistant(blocks, at)];
  });
}

function readBlocks(content: unknown, at: string): Blocks {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content) || !content.every(isRecord)) {
    throw invalidRequest(`${at}.content: Input should be a valid string or list`);
  }
  return content;
}

/** What stands beside results of tools belongs to the same turn, so it comes before them. */
function readUser(blocks: Blocks, at: string, open: ReadonlyMap<string, string>): ChatMessage[] {
  const left = new Map(open);
  const results: ChatMessage[] = [];
  const texts: string[] = [];
  const attachments: Attachment[] = [];
  for (const [index, block] of blocks.entries()) {
    const place = `${at}.content.${index}`;
    if (block['type'] === 'tool_result') results.push(readResult(block, place, left));
    else if (block['type'] === 'text' && typeof block['text'] === 'string') texts.push(block['text']);
    else if (block['type'] === 'image' || block['type'] === 'document') attachments.push(readFile(block, place));
    else
      throw invalidRequest(
        `${place}.type: Input tag '${String(block['type'])}' found does not match any of the expected tags`,
      );
  }
  checkAnswered(left, at);
  const text = texts.filter((one) => one !== '').join('\n');
  const isEmpty = text.trim() === '' && attachments.length === 0;
  if (isEmpty && results.length > 0) return results;
  if (isEmpty || texts.some((one) => one.trim() === '')) {
    throw invalidRequest(`${at}: text content blocks must be non-empty`);
  }
  return [{ role: 'user', text, ...(attachments.length === 0 ? {} : { attachments }) }, ...results];
}

function readResult(block: InputRecord, at: string, left: Map<string, string>): ChatMessage {
  const id = String(block['tool_use_id']);
  const toolName = left.get(id);
  if (toolName === undefined) {
    const rule = 'Each `tool_result` block must have a corresponding `tool_use` block in the previous message.';
    throw invalidRequest(`${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. ${rule}`);
  }
  left.delete(id);
  const text = block['content'] === undefined ? '' : textOfContent(block['content']);
  if (text === undefined) throw invalidRequest(`${at}.content: Input should be a valid string or list`);
  return { role: 'tool', toolName, text };
}

function readFile(block: InputRecord, at: string): Attachment {
  const isImage = block['type'] === 'image';
  const source: InputRecord = isRecord(block['source']) ? block['source'] : {};
  const place = `${at}.source`;
  if (source['type'] !== 'base64') throw invalidRequest(`${place}: only base64 sources can be read`);
  const mediaType = String(source['media_type']);
  const types = isImage ? imageTypes : [pdfType];
  if (!types.includes(mediaType)) {
    throw invalidRequest(`${place}.base64.media_type: Input should be ${types.map((type) => `'${type}'`).join(', ')}`);
  }
  const file = attachmentOf(mediaType, source['data']);
  if (file === undefined) throw invalidRequest(`${place}.base64: invalid base64 data`);
  return file;
}

function readAssistant(blocks: Blocks, at: string): ChatMessage {
  const texts = blocks.map((block, index) => {
    const place = `${at}.content.${index}`;
    switch (block['type']) {
      case 'text':
        return typeof block['text'] === 'string' ? block['text'] : '';
      case 'thinking':
        checkSignature(block, place);
        return '';
      case 'redacted_thinking':
        return '';
      case 'tool_use':
        return JSON.stringify({ name: block['name'], input: block['input'] });
      default:
        throw invalidRequest(
          `${place}.type: Input tag '${String(block['type'])}' found does not match any of the expected tags`,
        );
    }
  });
  const text = texts.filter((one) => one !== '').join('\n');
  if (text.trim() === '') throw invalidRequest(`${at}: text content blocks must be non-empty`);
  return { role: 'assistant', text };
}

function callsIn(blocks: Blocks, at: string): Map<string, string> {
  const calls = new Map<string, string>();
  for (const [index, { type, id, name, input }] of blocks.entries()) {
    if (type !== 'tool_use') continue;
    const place = `${at}.content.${index}.tool_use`;
    if (typeof id !== 'string' || typeof name !== 'string') throw invalidRequest(`${place}.id: Field required`);
    if (!isRecord(input)) throw invalidRequest(`${place}.input: Input should be a valid dictionary`);
    calls.set(id, name);
  }
  return calls;
}

function checkAnswered(open: ReadonlyMap<string, string>, at: string): void {
  if (open.size === 0) return;
  const rule = 'Each `tool_use` block must have a corresponding `tool_result` block in the next message.';
  const ids = [...open.keys()].join(', ');
  throw invalidRequest(
    `${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids}. ${rule}`,
  );
}

function checkBeginning(blocks: Blocks, at: string): void {
  const type = String(blocks[0]?.['type']);
  if (type === 'thinking' || type === 'redacted_thinking') return;
  const found = `Expected \`thinking\` or \`redacted_thinking\`, but found \`${type}\`.`;
  const rule = 'When `thinking` is enabled, a final `assistant` message must start with a thinking block.';
  throw invalidRequest(`${at}.content.0.type: ${found} ${rule}`);
}

function checkSignature({ thinking, signature }: InputRecord, at: string): void {
  if (typeof thinking === 'string' && signature === signatureOf(thinking)) return;
  throw invalidRequest(`${at}: Invalid \`signature\` in \`thinking\` block`);
}
