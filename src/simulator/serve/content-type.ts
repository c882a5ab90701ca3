import type { FaultSpec } from '../faults/fault';

const streamType = 'text/event-stream; charset=utf-8';
const jsonType = 'application/json';

export function contentTypeOf(isStream: boolean, fault?: FaultSpec): string {
  if (fault?.kind === 'wrongContentType') return fault.contentType ?? 'text/plain';
  return isStream ? streamType : jsonType;
}
