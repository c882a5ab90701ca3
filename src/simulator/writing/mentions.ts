/** Sentences an answer has to contain: about the files it was shown, and what its tools said. */
import type { ChatMessage } from '../wire/wire-format';
import { cutAtWord } from './words';

const longestResult = 200;

/** Of the current turn: from the user's last message on. */
export function mentionsOf(messages: readonly ChatMessage[]): string[] {
  const turn = messages.slice(
    Math.max(
      0,
      messages.findLastIndex(({ role }) => role === 'user'),
    ),
  );
  return turn.flatMap(({ role, text, attachments = [], toolName = '' }) => {
    const files = attachments.map(({ kind, mediaType, bytes }) => {
      return kind === 'image' ? `The image is ${mediaType} of ${bytes} bytes.` : `The PDF has ${bytes} bytes.`;
    });
    return role === 'tool' ? [`The tool ${toolName} says: ${cutAtWord(text, longestResult)}`] : files;
  });
}
