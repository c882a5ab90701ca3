import type { DeferredNotice } from '../contracts/deferred';
import type { NoticeContext } from './notify';

/** Tells one channel how a deferred step ended. Throws as a `Notifier` does. */
export type Teller = (notice: DeferredNotice, context: NoticeContext) => Promise<void>;
