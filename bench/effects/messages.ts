import type { CrashPoint } from '../../examples/effects/order-activities';

/** What a process of the order service is told, as JSON in `EFFECTS_CLIENT`. */
export interface ClientSettings {
  readonly temporalAddress: string;
  readonly taskQueue: string;
  readonly databaseFile: string;
  /** One line for each message that was sent, with its key. */
  readonly receivedFile: string;
  /** Where it ends itself with SIGKILL, when it is there for the nth time. */
  readonly crash?: { readonly point: CrashPoint; readonly nth: number };
  /** How long the work takes besides, at each of the points it can wait at. */
  readonly pauseMs?: number;
}
