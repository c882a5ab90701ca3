const widthWithoutTerminal = 100;

/** Characters per line: of the terminal, at most `most`. A pipe has no width, and some terminals say 0. */
export function widthOf(stream: NodeJS.WriteStream, most = Number.POSITIVE_INFINITY): number {
  return Math.min((stream.isTTY && stream.columns) || widthWithoutTerminal, most);
}
