import { readEvents } from '../../../../src/providers/gemini/read-events';

async function read(...chunks: readonly (string | Uint8Array)[]): Promise<unknown[]> {
  const encoder = new TextEncoder();
  const bytes = chunks.map((chunk) => (typeof chunk === 'string' ? encoder.encode(chunk) : chunk));
  const events: unknown[] = [];
  for await (const event of readEvents(ReadableStream.from(bytes))) events.push(event);
  return events;
}

describe('readEvents', () => {
  test.each([
    ['line feeds', 'data: {"a":1}\n\ndata: {"a":2}\n\n'],
    ['returns', 'data: {"a":1}\r\rdata: {"a":2}\r\r'],
    ['both', 'data: {"a":1}\r\n\r\ndata: {"a":2}\r\n\r\n'],
    ['neither a space nor a last blank line', 'data:{"a":1}\n\ndata:{"a":2}'],
    [
      'comments, names and ids around them',
      ': hi\nevent: x\nid: 7\ndata: {"a":1}\n: hi\n\n\n: hi\n\ndata: {"a":2}\n\n',
    ],
    ['data over several lines', 'data: {"a":\ndata: 1}\n\ndata: {\ndata: "a":2}\n\n'],
  ])('reads events with %s, whole and byte by byte', async (_what, stream) => {
    expect(await read(stream)).toEqual([{ a: 1 }, { a: 2 }]);
    expect(await read(...[...new TextEncoder().encode(stream)].map((byte) => Uint8Array.of(byte)))).toEqual([
      { a: 1 },
      { a: 2 },
    ]);
  });

  test('puts a character together that two chunks share', async () => {
    const bytes = new TextEncoder().encode('data: "🎻"\n\n');
    expect(await read(bytes.subarray(0, 9), bytes.subarray(9))).toEqual(['🎻']);
  });

  test('reads nothing from nothing', async () => {
    expect(await read()).toEqual([]);
    expect(await read('', '\n\n', ': hi\n\n')).toEqual([]);
  });

  test('throws a SyntaxError for an event that is no JSON, or only half of it', async () => {
    await expect(read('data: {"a":1}\n\ndata: [DONE]\n\n')).rejects.toThrow(SyntaxError);
    await expect(read('data: {"a":1}\n\ndata: {"a":')).rejects.toThrow(SyntaxError);
  });

  test('looks at each character of a long event once', async () => {
    const piece = 'x'.repeat(1_024);
    const chunks = ['data: "', ...Array.from({ length: 16_384 }, () => piece), '"\n\n'];
    const startedAt = performance.now();
    const [event] = await read(...chunks);
    expect((event as string).length).toBe(16_384 * 1_024);
    // Tens of milliseconds. The SDK's own reader takes 13 s for a quarter of it, and four times as long for twice as much.
    expect(performance.now() - startedAt).toBeLessThan(4_000);
  });

  test('closes the body when the reader stops early', async () => {
    let isClosed = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('data: 1\n\n')),
      cancel: () => void (isClosed = true),
    });
    for await (const event of readEvents(body)) {
      expect(event).toBe(1);
      break;
    }
    expect(isClosed).toBe(true);
  });
});
