import { PassThrough } from 'node:stream';

export interface FakeTerminal {
  readonly stream: NodeJS.WriteStream;
  written(): string;
}

export function fakeTerminal(options: { isTTY: boolean; columns?: number; rows?: number }): FakeTerminal {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return {
    stream: Object.assign(stream, { columns: 100, rows: 30, ...options }) as unknown as NodeJS.WriteStream,
    written: () => text,
  };
}
