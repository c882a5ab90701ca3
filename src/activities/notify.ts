import type { Notice } from '../contracts/approval-check';

/** Tells people on one channel. Throws what may be tried again as any error, `Config.Invalid` for what may not. */
export type Notifier = (notice: Notice) => Promise<void>;
