import type { Notice } from '../contracts/approval-check';

export interface NoticeContext {
  /** 64 hex characters, the same whenever this very notice is sent again: by it a receiver recognises one that came twice. */
  readonly idempotencyKey: string;
}

/** Tells people on one channel. Throws what may be tried again as any error, `Config.Invalid` for what may not. */
export type Notifier = (notice: Notice, context: NoticeContext) => Promise<void>;
