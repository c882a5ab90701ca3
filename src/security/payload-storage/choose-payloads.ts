/**
 * Which payloads go by reference: large ones, and whatever would make one message of a worker too large. Everything that
 * a workflow decides at once goes to the server in one message, and over 4 MiB the server ends the run: a hundred steps
 * of 60 KiB that start together are enough.
 */
import type { StorageDriver, StorageDriverSelector } from '@temporalio/common';
import { sizeOf } from './payload-bytes';

/** Payloads under this size always stand in history: 2,000 of them fit into one message. */
export const alwaysInlineBytes = 1_024;
/** For one message, with room for what is not counted: payloads that are always inline, and the commands around them. */
const inlineBytesPerMessage = 1_048_576;
/** A start of another workflow does not tell which message it belongs to: 500 of this size fit into one. */
const inlineStartBytes = 8_192;

export function choosePayloads(driver: StorageDriver, thresholdBytes: number): StorageDriverSelector {
  // All activities that one message schedules have the same object as their target.
  const inlineBytes = new WeakMap<object, number>();
  return ({ target }, payload) => {
    const bytes = sizeOf(payload);
    if (bytes >= thresholdBytes) return driver;
    if (target === undefined) return null;
    if (target.kind === 'workflow' && target.runId === undefined) return bytes >= inlineStartBytes ? driver : null;
    const sum = (inlineBytes.get(target) ?? 0) + bytes;
    if (sum > inlineBytesPerMessage) return driver;
    inlineBytes.set(target, sum);
    return null;
  };
}
