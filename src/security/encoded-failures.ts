/** Failure texts and stacks as payloads, so that the codec encrypts them too. The SDK loads this file by its path. */
import { DefaultFailureConverter } from '@temporalio/common';

export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
