/** Temporal refuses a summary of more than 400 bytes, and with it the whole start or workflow task. */
const mostBytes = 380;

/** One line that fits a summary: line breaks become spaces, what is too long is cut. */
export function summaryLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  let bytes = 0;
  let kept = '';
  for (const character of line) {
    bytes += bytesOf(character.codePointAt(0) ?? 0);
    if (bytes > mostBytes) return `${kept}…`;
    kept += character;
  }
  return line;
}

function bytesOf(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x8_00) return 2;
  return codePoint < 0x1_00_00 ? 3 : 4;
}
