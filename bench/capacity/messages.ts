/** What the benchmark and its processes tell each other. */
import type { Contender } from './clients/peers';
import type { Cell } from './matrix';
import type { RunResult } from './measure';
import type { RealTimeOrder, RealTimeReport, TemporalPeerOrder } from './real-time/messages';

export interface VirtualOrder {
  readonly kind: 'virtual';
  readonly cell: Cell;
  readonly seed: number;
  readonly contender: Contender;
  /** With a database of its own, which is emptied. */
  readonly redisUrl: string;
}

export type Order = VirtualOrder | RealTimeOrder | TemporalPeerOrder;

export type Numbered<T> = T & { readonly id: number };

export type Answer =
  | { readonly id: number; readonly kind: 'ran'; readonly result: RunResult; readonly perSecond: number }
  | { readonly id: number; readonly kind: 'realTime'; readonly report: RealTimeReport }
  | { readonly id: number; readonly kind: 'failed'; readonly message: string };
