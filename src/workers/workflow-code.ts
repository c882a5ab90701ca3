/** The prebuilt workflow bundle, in a worker that encrypts: with the switch of `security/bundled-failures` in front. */
import { readFile } from 'node:fs/promises';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { HoldfastError } from '../errors/holdfast-error';

const encodingSwitch = 'holdfastEncodesFailures';

/** Throws `Config.Invalid` for a bundle that would write failure texts unencrypted. */
export async function workflowCode(codePath: string, isEncrypting: boolean): Promise<WorkflowBundleOption> {
  if (!isEncrypting) return { codePath };
  const code = await readFile(codePath, 'utf8');
  if (!code.includes(encodingSwitch)) {
    const message =
      `HOLDFAST_WORKFLOW_BUNDLE: ${codePath} was made without Holdfast's failure converter, so failure texts would not be ` +
      'encrypted: pass its failureConverterPath (exported by holdfast/worker) to bundleWorkflowCode, or unset HOLDFAST_PAYLOAD_KEYS';
    throw new HoldfastError('Config.Invalid', message);
  }
  return { code: `globalThis.${encodingSwitch} = true;${code}` };
}

/** For `bundleWorkflowCode({ failureConverterPath })`. */
export const workflowFailureConverterPath = require.resolve('../security/bundled-failures');
