/** The text of a step for people: as it comes, with a marked line wherever it begins again. */
import type { StreamChunk } from '../../client';
import type { Output } from '../output';
import { createStyle } from './style';

/** Controls that a terminal obeys; line feeds and tabs are text. */
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** A file or a pipe gets the text as it is; marks stand in it too, because a text that begins again is not the one before. */
export function showStream({ stream, note }: Pick<Output, 'stream' | 'note'>): (chunk: StreamChunk) => void {
  const style = createStyle(stream);
  let hasText = false;
  let isLineOpen = false;
  const write = (text: string): void => {
    const shown = stream.isTTY ? text.replaceAll(controls, '') : text;
    if (shown === '') return;
    hasText = true;
    isLineOpen = !shown.endsWith('\n');
    stream.write(shown);
  };
  const closeLine = (): void => {
    if (isLineOpen) stream.write('\n');
    isLineOpen = false;
  };
  return (chunk) => {
    if (chunk.kind === 'text') return write(chunk.text);
    closeLine();
    if (chunk.kind === 'end') return;
    const told = resetText(chunk);
    if (hasText || chunk.reason === 'trimmed') stream.write(`${style.warning(`--- ${told} ---`)}\n`);
    else note(told);
    hasText = false;
  };
}

function resetText({ reason, tier, attempt, endpoint }: Extract<StreamChunk, { kind: 'reset' }>): string {
  if (reason === 'trimmed') return 'the text before this is no longer kept';
  const where = endpoint === '' ? '' : ` on ${endpoint}`;
  return `attempt ${attempt} of tier ${tier + 1}${where}: the text begins here`;
}
