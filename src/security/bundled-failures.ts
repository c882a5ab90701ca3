/**
 * The failure converter of the workflow bundle, which is made once for everybody: it encodes failure texts only in a
 * worker that has keys, as without a codec they would be harder to read for nothing. See `src/workers/workflow-code.ts`.
 */
import { DefaultFailureConverter } from '@temporalio/common';

const { holdfastEncodesFailures = false } = globalThis as { holdfastEncodesFailures?: boolean };

export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: holdfastEncodesFailures });
