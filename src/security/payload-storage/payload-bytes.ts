/** A Temporal payload as bytes: its metadata as one line of JSON, then its data as they are. */
import type { Payload } from '@temporalio/common';

const lineFeed = 0x0a;

export function payloadToBytes({ metadata, data }: Payload): Buffer {
  const fields = Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]);
  return Buffer.concat([Buffer.from(`${JSON.stringify(Object.fromEntries(fields))}\n`), data ?? new Uint8Array()]);
}

/** Throws for bytes that were not made by `payloadToBytes`. */
export function payloadFromBytes(bytes: Uint8Array): Payload {
  const end = bytes.indexOf(lineFeed);
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.max(0, end)).toString();
  const fields = JSON.parse(head) as Readonly<Record<string, string>>;
  const metadata = Object.entries(fields).map(([name, value]) => [name, new Uint8Array(Buffer.from(value, 'base64'))]);
  return { metadata: Object.fromEntries(metadata) as Record<string, Uint8Array>, data: bytes.subarray(end + 1) };
}

/** Near what the server counts. */
export function sizeOf({ metadata, data }: Payload): number {
  const fields = Object.entries(metadata ?? {});
  return fields.reduce((sum, [name, value]) => sum + name.length + value.byteLength, data?.byteLength ?? 0);
}
