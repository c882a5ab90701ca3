/** What the workflow and the service that owns the database agree on. */
import type { EffectContext } from '../../src/workflows/public';

export interface Order {
  readonly customer: string;
  readonly article: string;
  readonly quantity: number;
}

export interface PriceFile {
  /** Absolute path of a file of lines `article;cents`, each ended by a line feed. */
  readonly file: string;
  readonly linesPerPiece: number;
}

export interface ImportedPrices {
  readonly lines: number;
}

export interface OrderActivities {
  createOrder(order: Order, context: EffectContext): Promise<{ readonly orderId: number }>;
  /** Sends what the order has left in the outbox; answers how many messages it were. */
  deliverMessages(order: { readonly orderId: number }, context: EffectContext): Promise<{ readonly delivered: number }>;
  importPrices(input: PriceFile, context: EffectContext): Promise<ImportedPrices>;
}
