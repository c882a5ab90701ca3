/**
 * The events of a stream. The SDK's own reader is left alone, because it searches all it holds of an event again with
 * every chunk (4 MiB in small chunks stop the process for 13 s), loses an event behind a comment line and an error
 * without a numeric code, quotes the answer in the errors it throws, and never closes a body it has not read to its end.
 */

/** Each event's `data`, parsed. Throws a SyntaxError for what is no JSON. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<unknown> {
  let data: string[] = [];
  for await (const line of readLines(body)) {
    if (line.startsWith('data:')) {
      data.push(line.slice('data:'.length));
    } else if (line === '' && data.length > 0) {
      yield JSON.parse(data.join('\n'));
      data = [];
    }
  }
  // Whether an event that nothing ends is whole, its JSON says.
  if (data.length > 0) yield JSON.parse(data.join('\n'));
}

/** Each character is looked at once, however long the line. */
async function* readLines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let pieces: string[] = [];
  let endedWithReturn = false;
  for await (const chunk of body) {
    const decoded = decoder.decode(chunk, { stream: true });
    // The second half of a line end: the first one has ended the line.
    const text = endedWithReturn && decoded.startsWith('\n') ? decoded.slice(1) : decoded;
    if (decoded !== '') endedWithReturn = decoded.endsWith('\r');
    const [first = '', ...others] = text.split(/\r\n|\r|\n/);
    pieces.push(first);
    for (const line of others) {
      yield pieces.join('');
      pieces = [line];
    }
  }
  yield pieces.join('');
}
