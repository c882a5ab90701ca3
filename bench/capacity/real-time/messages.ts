/** What the processes of the real-time part are told, and report. */
import type { Contender } from '../clients/peers';
import type { Cell } from '../matrix';
import type { Tally } from '../tally';

/** One cell on accounts of its own. */
export interface RealTimeCell {
  /** Unique; part of the names of its endpoints at the simulator. */
  readonly id: string;
  readonly cell: Cell;
  readonly contender: Contender;
  readonly seed: number;
  /** Requests per second that one region is made for. */
  readonly perSecond: number;
}

interface Shared {
  readonly simulatorUrl: string;
  /** Wall time at which arrivals begin and end, ms. */
  readonly startAtMs: number;
  readonly endAtMs: number;
}

export interface RealTimeOrder extends Shared {
  readonly kind: 'realTime';
  readonly redisUrl: string;
  /** Callers of the engine are spread over all processes; a peer lives in one. */
  readonly cells: readonly (RealTimeCell & { readonly share: number })[];
  /** Part of the ids of its calls. */
  readonly process: number;
}

export interface TemporalPeerOrder extends Shared {
  readonly kind: 'temporalPeer';
  readonly address: string;
  readonly cell: RealTimeCell;
}

export interface CellReport {
  readonly id: string;
  readonly tally: Tally;
  /** Request id and the wall time its start was due, ms. */
  readonly due: readonly (readonly [requestId: string, dueAtMs: number])[];
}

export interface RealTimeReport {
  readonly cells: readonly CellReport[];
  /** How late the event loop ran in the measured time, ms. */
  readonly eventLoop: { readonly p99Ms: number; readonly maxMs: number };
  /** Processor time used ÷ wall time. */
  readonly processorShare: number;
}
