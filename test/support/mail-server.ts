/** A real SMTP server that does to a message what the test says. */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerOptions } from 'smtp-server';

export interface ReceivedMail {
  readonly to: readonly string[];
  /** As it came over the wire. */
  readonly source: string;
}

/** For one message: accepted, refused with this reply, or read to its end and then never answered (the connection drops). */
export type Reaction = 'accept' | 'drop' | readonly [code: number, text: string];

export interface TestMailServer {
  readonly port: number;
  readonly received: ReceivedMail[];
  /** In this order; `accept` when there are none left. */
  readonly reactions: Reaction[];
  stop(): Promise<void>;
}

export async function startMailServer(options: SMTPServerOptions = {}): Promise<TestMailServer> {
  const received: ReceivedMail[] = [];
  const reactions: Reaction[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    closeTimeout: 10,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => void chunks.push(chunk));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        received.push({ to, source: Buffer.concat(chunks).toString() });
        const reaction = reactions.shift() ?? 'accept';
        if (reaction === 'accept') return done();
        if (reaction === 'drop') return server.connections.forEach((connection) => connection.close());
        const [responseCode, text] = reaction;
        done(Object.assign(new Error(text), { responseCode }));
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    reactions,
    stop: () => new Promise((stopped) => server.close(() => stopped())),
  };
}

/** The header's value, unfolded. */
export function headerOf({ source }: ReceivedMail, name: string): string | undefined {
  const [head = ''] = source.split('\r\n\r\n');
  const lines = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
  return lines
    .find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
    ?.slice(name.length + 1)
    .trim();
}
