import type { EvalAlert } from '../contracts/pipelines/scheduled-eval';
import type { NoticeContext } from './notify';

/** Tells people on one channel. Throws what may be tried again as any error, `Config.Invalid` for what may not. */
export type Alerter = (alert: EvalAlert, context: NoticeContext) => Promise<void>;
