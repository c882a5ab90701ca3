import type { FaultSpec } from '../faults/fault';

const defaultAfterChunks = 3;

/** Pieces of the answer that are sent before a fault breaks in. */
export function afterChunksOf(fault: FaultSpec | undefined): number {
  return fault?.afterChunks ?? defaultAfterChunks;
}
