/** Reads the contents of a generateContent request: text, files, function calls with their results. */
import { isRecord } from '../../read-input';
import type { InputRecord } from '../../read-input';
import { attachmentOf, base64Bytes } from '../attachments';
import type { Attachment, ChatMessage } from '../wire-format';
import { invalidArgument } from './errors';
import { checkSignature, requiresSignatures } from './thought-signature';

interface Content {
  readonly role: 'user' | 'model';
  readonly parts: readonly InputRecord[];
}

export function readContents(value: unknown, model: string): ChatMessage[] {
  const contents = readList(value);
  checkResponses(contents);
  if (requiresSignatures(model)) checkSignatures(contents);
  return contents.flatMap(({ role, parts }, index) => {
    return role === 'model' ? [readModel(parts)] : readUser(parts, `contents[${index}]`);
  });
}

function readList(value: unknown): readonly Content[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw invalidArgument('* GenerateContentRequest.contents: contents is not specified');
  }
  return value.map((content: unknown, index) => {
    const role: unknown = isRecord(content) ? (content['role'] ?? 'user') : undefined;
    const parts: unknown = isRecord(content) ? content['parts'] : undefined;
    if (role !== 'user' && role !== 'model' && role !== 'function') {
      throw invalidArgument('Please use a valid role: user, model.');
    }
    if (!Array.isArray(parts) || parts.length === 0 || !parts.every(isRecord)) {
      throw invalidArgument(`* GenerateContentRequest.contents[${index}].parts: contents.parts must not be empty.`);
    }
    return { role: role === 'model' ? 'model' : 'user', parts };
  });
}

function readModel(parts: readonly InputRecord[]): ChatMessage {
  const texts = parts.map((part) => {
    if (isRecord(part['functionCall'])) return JSON.stringify(part['functionCall']);
    return part['thought'] !== true && typeof part['text'] === 'string' ? part['text'] : '';
  });
  return { role: 'assistant', text: texts.filter((text) => text !== '').join('\n') };
}

/** What stands beside results of functions belongs to the same turn, so it comes before them. */
function readUser(parts: readonly InputRecord[], at: string): ChatMessage[] {
  const texts: string[] = [];
  const attachments: Attachment[] = [];
  const results: ChatMessage[] = [];
  for (const [index, part] of parts.entries()) {
    const { text, inlineData, functionResponse } = part;
    if (typeof text === 'string') texts.push(text);
    else if (isRecord(inlineData)) attachments.push(readFile(inlineData, `${at}.parts[${index}]`));
    else if (isRecord(functionResponse)) {
      const result = JSON.stringify(functionResponse['response'] ?? {});
      results.push({ role: 'tool', toolName: String(functionResponse['name']), text: result });
    } else {
      throw invalidArgument(
        `* GenerateContentRequest.${at}.parts[${index}].data: required oneof field 'data' must have one initialized field`,
      );
    }
  }
  const text = texts.filter((one) => one !== '').join('\n');
  if (text === '' && attachments.length === 0) return results;
  return [{ role: 'user', text, ...(attachments.length === 0 ? {} : { attachments }) }, ...results];
}

function readFile({ mimeType, data }: InputRecord, at: string): Attachment {
  if (base64Bytes(data) === undefined) {
    throw invalidArgument(`Invalid value at '${at}.inline_data.data' (TYPE_BYTES), Base64 decoding failed`);
  }
  const file = attachmentOf(mimeType, data);
  if (file === undefined || mimeType === 'image/gif')
    throw invalidArgument(`Unsupported MIME type: ${String(mimeType)}`);
  return file;
}

const callsIn = ({ parts }: Content): readonly InputRecord[] => parts.filter((part) => isRecord(part['functionCall']));
const isResponse = (part: InputRecord): boolean => isRecord(part['functionResponse']);

/** Every turn of calls is followed by one with as many results, and none comes without. */
function checkResponses(contents: readonly Content[]): void {
  for (const [index, content] of contents.entries()) {
    const before = contents[index - 1];
    const expected = before?.role === 'model' ? callsIn(before).length : 0;
    const responses = content.parts.filter(isResponse).length;
    if (responses !== expected) {
      throw invalidArgument(
        'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
      );
    }
  }
  const last = contents.at(-1);
  if (last?.role === 'model' && callsIn(last).length > 0) {
    throw invalidArgument('Please ensure that function call turn is followed by a function response turn.');
  }
}

/** Of the current turn only: from the last message of the user on. The first call of each step carries the signature. */
function checkSignatures(contents: readonly Content[]): void {
  const turnStart = contents.findLastIndex(({ role, parts }) => role === 'user' && !parts.some(isResponse));
  for (const [index, content] of contents.entries()) {
    const first = index > turnStart ? callsIn(content)[0] : undefined;
    if (first !== undefined) checkSignature(first, index + 1);
  }
}
