/**
 * The database of the orders: SQLite in a file that several processes open. What makes an effect happen once is one row in
 * `effects`, written in the same transaction as what the effect is about: both are there, or neither.
 */
import { DatabaseSync } from 'node:sqlite';
import { ApplicationFailure } from '@temporalio/common';
import type { EffectContext } from '../../src/workflows/public';
import type { Order } from './orders';

type Key = Pick<EffectContext, 'idempotencyKey' | 'inputDigest'>;

export interface Message {
  readonly id: number;
  /** The receiver recognises a message that comes twice by it. */
  readonly key: string;
  readonly body: string;
}

export interface PricePiece {
  readonly importKey: string;
  readonly firstLine: number;
  readonly lines: readonly string[];
}

export interface OrderStore {
  /** Writes order and message, or answers what the same effect wrote before. `inTransaction` runs before the commit. */
  createOrder(key: Key, order: Order, inTransaction?: () => void): { readonly orderId: number };
  undelivered(orderId: number): Message[];
  markDelivered(id: number): void;
  /** A piece that is there already is written no second time. */
  writePrices(piece: PricePiece): void;
  close(): void;
}

const schema = `
  CREATE TABLE IF NOT EXISTS effects (key TEXT PRIMARY KEY, digest TEXT NOT NULL, result TEXT) STRICT;
  CREATE TABLE IF NOT EXISTS orders (
    id INTEGER PRIMARY KEY, customer TEXT NOT NULL, article TEXT NOT NULL, quantity INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, key TEXT NOT NULL UNIQUE, body TEXT NOT NULL, delivered_at TEXT) STRICT;
  CREATE TABLE IF NOT EXISTS prices (
    import TEXT NOT NULL, line INTEGER NOT NULL, article TEXT NOT NULL, cents INTEGER NOT NULL,
    PRIMARY KEY (import, line)) STRICT;
  CREATE TABLE IF NOT EXISTS pieces (
    import TEXT NOT NULL, first_line INTEGER NOT NULL, times_read INTEGER NOT NULL, PRIMARY KEY (import, first_line)) STRICT;
`;

export function openOrderStore(file: string): OrderStore {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  // FULL: what is committed survives the machine, not only the process. In WAL mode readers and the writer go side by side.
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN IMMEDIATE; ${schema} COMMIT;`);
  return {
    createOrder: (key, order, inTransaction) =>
      once(database, key, () => {
        const orderId = insertOrder(database, key.idempotencyKey, order);
        inTransaction?.();
        return { orderId };
      }),
    undelivered: (orderId) =>
      database
        .prepare('SELECT id, key, body FROM outbox WHERE order_id = ? AND delivered_at IS NULL ORDER BY id')
        .all(orderId) as unknown as Message[],
    markDelivered: (id) => {
      database.prepare('UPDATE outbox SET delivered_at = ? WHERE id = ?').run(new Date().toISOString(), id);
    },
    writePrices: (piece) => inTransaction(database, () => insertPrices(database, piece)),
    close: () => database.close(),
  };
}

/**
 * Does `write` and keeps its result under the key, in one transaction. The INSERT decides who is first; whoever comes
 * later waits for that transaction and finds its row. The same statements do it in PostgreSQL.
 */
function once<T>(database: DatabaseSync, { idempotencyKey, inputDigest }: Key, write: () => T): T {
  return inTransaction(database, () => {
    const claim = 'INSERT INTO effects (key, digest) VALUES (?, ?) ON CONFLICT (key) DO NOTHING';
    const { changes } = database.prepare(claim).run(idempotencyKey, inputDigest);
    if (changes === 0) return resultOf<T>(database, { idempotencyKey, inputDigest });
    const result = write();
    const keep = 'UPDATE effects SET result = ? WHERE key = ?';
    database.prepare(keep).run(JSON.stringify(result), idempotencyKey);
    return result;
  });
}

function resultOf<T>(database: DatabaseSync, { idempotencyKey, inputDigest }: Key): T {
  const found = database.prepare('SELECT digest, result FROM effects WHERE key = ?').get(idempotencyKey) as {
    digest: string;
    result: string;
  };
  if (found.digest === inputDigest) return JSON.parse(found.result) as T;
  throw ApplicationFailure.nonRetryable(`${idempotencyKey} was done before, with other input`, 'Effect.Conflict');
}

function insertOrder(database: DatabaseSync, key: string, { customer, article, quantity }: Order): number {
  const order = 'INSERT INTO orders (customer, article, quantity) VALUES (?, ?, ?)';
  const { lastInsertRowid } = database.prepare(order).run(customer, article, quantity);
  // The message goes out later, and only if the order is there.
  const body = JSON.stringify({ orderId: Number(lastInsertRowid), customer });
  database.prepare('INSERT INTO outbox (order_id, key, body) VALUES (?, ?, ?)').run(lastInsertRowid, key, body);
  return Number(lastInsertRowid);
}

function insertPrices(database: DatabaseSync, { importKey, firstLine, lines }: PricePiece): void {
  const price = database.prepare('INSERT INTO prices VALUES (?, ?, ?, ?) ON CONFLICT (import, line) DO NOTHING');
  lines.forEach((line, index) => {
    const [article = '', cents = ''] = line.split(';');
    price.run(importKey, firstLine + index, article, Number(cents));
  });
  const piece = 'INSERT INTO pieces VALUES (?, ?, 1) ON CONFLICT (import, first_line) DO UPDATE SET times_read = times_read + 1';
  database.prepare(piece).run(importKey, firstLine);
}

function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
