/** A provider that answers any amount of text, as Anthropic's Messages stream it, and a config that lets a step ask it. */
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export interface BigAnswers {
  /** For the worker's environment. */
  readonly environment: NodeJS.ProcessEnv;
  /** Bytes of the bodies that came in. */
  readonly received: number[];
  /** Of the answers from now on. */
  answerCharacters: number;
  stop(): Promise<void>;
}

const config = `
defaults:
  parameters: { maxOutputTokens: 100000 }
endpoints:
  big: { provider: anthropic, model: claude-sonnet-5, family: claude, baseUrlEnv: BIG_URL, apiKeyEnv: BIG_KEY, local: true,
    limits: { rpm: 6000, tpm: 1000000000, concurrency: 50 }, price: { input: 1, output: 1 }, contextWindow: 100000000, maxOutputTokens: 100000 }
pools:
  big: { endpoints: [big] }
steps:
  test.big:
    prompt: test/answer@1
    timeouts: { connect: 5s, firstToken: 20s, idle: 20s, call: 40s, step: 60s }
    tiers: [{ pool: big }]
`;

export async function startBigAnswers(directory: string): Promise<BigAnswers> {
  const received: number[] = [];
  const server = createServer((request, response) => {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => void (bytes += chunk.length));
    request.on('end', () => {
      received.push(bytes);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const event of events(answers.answerCharacters)) {
        response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
      }
      response.end();
    });
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const file = join(directory, 'big.yaml');
  await writeFile(file, config);
  const answers: BigAnswers = {
    environment: { HOLDFAST_CONFIG: file, BIG_URL: url, BIG_KEY: 'key' },
    received,
    answerCharacters: 10,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return answers;
}

const pieceCharacters = 100_000;

function* events(characters: number): Generator<{ type: string; [field: string]: unknown }> {
  const usage = { input_tokens: 10, output_tokens: 1 };
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-5', content: [], usage };
  yield { type: 'message_start', message: { ...message, stop_reason: null, stop_sequence: null } };
  yield { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } };
  for (let left = characters; left > 0; left -= pieceCharacters) {
    const text = 'y'.repeat(Math.min(left, pieceCharacters));
    yield { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } };
  }
  yield { type: 'content_block_stop', index: 0 };
  yield {
    type: 'message_delta',
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 20 },
  };
  yield { type: 'message_stop' };
}
