/**
 * The activities of the service that owns the database. They know nothing of pipelines but the key they are given.
 * In a project of your own `resumable` comes from `holdfast/worker`.
 */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { resumable } from '../../src/activities/resumable';
import type { Message, OrderStore } from './order-store';
import type { ImportedPrices, OrderActivities, PriceFile } from './orders';

/** Where tests end the process. */
export const crashPoints = ['beforeWrite', 'inTransaction', 'afterCommit', 'beforeMark', 'afterPiece'] as const;
export type CrashPoint = (typeof crashPoints)[number];

export interface OrderActivityOptions {
  readonly store: OrderStore;
  /** At least once each; the receiver drops what it knows by the key. */
  readonly send: (message: Message) => Promise<void>;
  readonly at?: (point: CrashPoint) => void | Promise<void>;
}

export function createOrderActivities({ store, send, at = () => undefined }: OrderActivityOptions): OrderActivities {
  return {
    createOrder: async (order, context) => {
      await at('beforeWrite');
      const created = store.createOrder(context, order, () => void at('inTransaction'));
      await at('afterCommit');
      return created;
    },
    // With heartbeats: the receiver may take its time.
    deliverMessages: ({ orderId }) =>
      resumable(undefined, async () => {
        const messages = store.undelivered(orderId);
        for (const message of messages) {
          await send(message);
          await at('beforeMark');
          store.markDelivered(message.id);
        }
        return { delivered: messages.length };
      }),
    importPrices: (input, { idempotencyKey }) => importPrices(input, idempotencyKey, { store, at }),
  };
}

interface Position {
  readonly byte: number;
  readonly line: number;
}

/** A piece is written before it is reported, so after a crash pieces are read again, but none is left out. */
async function importPrices(
  { file, linesPerPiece }: PriceFile,
  importKey: string,
  { store, at }: Pick<Required<OrderActivityOptions>, 'store' | 'at'>,
): Promise<ImportedPrices> {
  return resumable<Position, ImportedPrices>({ byte: 0, line: 0 }, async ({ from, report }) => {
    const handle = await open(file);
    let position = from;
    try {
      for await (const lines of piecesOf(handle, position.byte, linesPerPiece)) {
        store.writePrices({ importKey, firstLine: position.line, lines });
        await at('afterPiece');
        const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
        position = { byte: position.byte + bytes, line: position.line + lines.length };
        report(position);
      }
      return { lines: position.line };
    } finally {
      await handle.close();
    }
  });
}

async function* piecesOf(handle: FileHandle, fromByte: number, linesPerPiece: number): AsyncGenerator<string[]> {
  let piece: string[] = [];
  for await (const line of handle.readLines({ start: fromByte, autoClose: false })) {
    piece.push(line);
    if (piece.length < linesPerPiece) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}
