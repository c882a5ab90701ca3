import type { BatchLine } from '../../../../src/providers/batch-provider';
import { readLines } from '../../../../src/providers/read-lines';

async function* chunksOf(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let from = 0; from < bytes.length; from += size) yield bytes.slice(from, from + size);
  await Promise.resolve();
}

async function read(text: string, { size = 1_000, longest = 1_000 } = {}): Promise<BatchLine[]> {
  const lines: BatchLine[] = [];
  for await (const line of readLines(chunksOf(text, size), longest)) lines.push(line);
  return lines;
}

describe('readLines', () => {
  test.each([1, 3, 1_000])('gives each line as JSON, in pieces of %d bytes', async (size) => {
    const lines = await read('{"custom_id":"a","text":"ä😀"}\n\n{"custom_id":"b"}\r\n{"custom_id":"c"}', { size });
    expect(lines.map(({ customId }) => customId)).toEqual(['a', 'b', 'c']);
    expect(lines[0]?.value).toEqual({ custom_id: 'a', text: 'ä😀' });
  });

  test.each([
    ['no JSON, but it says whose it is', '{"id":"x", "custom_id": "a", "response": {', 'a'],
    ['nothing of it', 'garbage', undefined],
    ['JSON without an id', '{"id":"x"}', undefined],
  ])('hands on a line that is %s', async (_what, text, customId) => {
    const [line] = await read(text);
    expect(line).toMatchObject({ customId, isTooLong: false });
  });

  test('of a line that is too long only its head is kept, and the next ones are read as ever', async () => {
    const long = `{"custom_id":"a","text":"${'x'.repeat(50_000)}"}`;
    const lines = await read(`${long}\n{"custom_id":"b"}\n`, { size: 777, longest: 10_000 });
    expect(lines.map(({ customId, isTooLong }) => [customId, isTooLong])).toEqual([
      ['a', true],
      ['b', false],
    ]);
  });
});
