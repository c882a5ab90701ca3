import { connect } from 'node:net';

const answerMs = 1_000;

/**
 * Sends one command to a Redis without credentials and reads its reply, which must be a simple or a bulk string.
 * Enough to see whether a server is up; everything else goes through ioredis.
 * @throws Error when nobody answers within a second or the reply is an error
 */
export function askRedis(port: number, host: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host });
    let answer = Buffer.alloc(0);
    const settle = (finish: () => void): void => {
      socket.destroy();
      finish();
    };
    socket.setTimeout(answerMs, () => settle(() => reject(new Error(`no answer within ${answerMs} ms`))));
    socket.on('error', (error) => settle(() => reject(error)));
    socket.on('close', () => reject(new Error('connection closed')));
    socket.write(`*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`);
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      const reply = parseReply(answer);
      if (reply instanceof Error) settle(() => reject(reply));
      else if (reply !== undefined) settle(() => resolve(reply));
    });
  });
}

/** @returns undefined while the reply is incomplete */
export function parseReply(answer: Buffer): string | Error | undefined {
  const lineEnd = answer.indexOf('\r\n');
  if (lineEnd === -1) return undefined;
  const line = answer.toString('utf8', 1, lineEnd);
  if (answer[0] === 0x2b) return line;
  if (answer[0] !== 0x24) return new Error(line);
  const start = lineEnd + 2;
  const end = start + Number(line);
  return answer.length < end + 2 ? undefined : answer.toString('utf8', start, end);
}
