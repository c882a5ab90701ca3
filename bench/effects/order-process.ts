/** Processes of the order service, and what they left behind. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ClientSettings } from './messages';

const compile = resolve(__dirname, '../../test/support/compile-on-require.cjs');

export interface OrderProcess {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  /** Signal or code it ended with. */
  readonly exited: Promise<string>;
  log(): string;
}

export function startOrderProcess(settings: ClientSettings): OrderProcess {
  const child = fork(join(__dirname, 'client.ts'), [], {
    env: { ...process.env, EFFECTS_CLIENT: JSON.stringify(settings) },
    execArgv: ['--require', compile],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let text = '';
  const collect = (chunk: Buffer): void => void (text = (text + chunk.toString()).slice(-4_000));
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const exited = new Promise<string>((done) => {
    child.once('exit', (code, signal) => done(signal ?? String(code)));
  });
  const ready = new Promise<void>((done) => child.once('message', () => done()));
  return { child, ready, exited, log: () => text };
}

export interface Books {
  readonly orders: readonly { readonly id: number; readonly customer: string }[];
  /** Orders' messages that were never marked as sent. */
  readonly undelivered: number;
  /** Keys as the receiver saw them, with repetitions. */
  readonly received: readonly string[];
  readonly priceLines: number;
  /** How often each piece was read. */
  readonly timesRead: readonly number[];
}

/** What is in the database now, read by another process than those that wrote it. */
export function readBooks({
  databaseFile,
  receivedFile,
}: Pick<ClientSettings, 'databaseFile' | 'receivedFile'>): Books {
  const database = new DatabaseSync(databaseFile, { readOnly: true, timeout: 5_000 });
  try {
    const all = <T>(sql: string): T[] => database.prepare(sql).all() as T[];
    return {
      orders: all('SELECT id, customer FROM orders ORDER BY id'),
      undelivered: all('SELECT id FROM outbox WHERE delivered_at IS NULL').length,
      received: existsSync(receivedFile) ? readFileSync(receivedFile, 'utf8').split('\n').filter(Boolean) : [],
      priceLines: all('SELECT line FROM prices').length,
      timesRead: all<{ times_read: number }>('SELECT times_read FROM pieces ORDER BY first_line').map(
        (piece) => piece.times_read,
      ),
    };
  } finally {
    database.close();
  }
}
