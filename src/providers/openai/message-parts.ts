/** Parts of messages that both of OpenAI's interfaces say in the same way. */
import { createHash } from 'node:crypto';
import type { Attachment, ModelMessage } from '../../contracts/model';

/** Chat Completions refuses longer ids. */
const longestCallId = 40;

export function dataUrlOf(attachment: Attachment): string {
  const mediaType = attachment.kind === 'image' ? attachment.mediaType : 'application/pdf';
  return `data:${mediaType};base64,${attachment.data}`;
}

/** Neither interface has a field for a tool that failed, so it is said in the result. */
export function toolResultOf({ content, isError }: Extract<ModelMessage, { role: 'tool' }>): string {
  return isError === true ? `Error: ${content}` : content;
}

/** The id of a call, which another server may have made, longer than OpenAI's own (vLLM). */
export function callIdOf(id: string): string {
  if (id.length <= longestCallId) return id;
  return `call_${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;
}
