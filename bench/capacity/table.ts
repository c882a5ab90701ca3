/** Progress and rows for people. */
import type { VariantRow } from './judge';
import type { PeerRow } from './peer-rows';
import type { RealTimeRow } from './real-time/rows';

const widths = [10, 24, 8, 9, 8, 6, 8, 8, 8, 9, 11, 11, 6];
const columns = [
  'provider',
  'variant',
  'regions',
  'overload',
  'sent',
  '429s',
  'warm-up',
  'use',
  'asked',
  'late',
  'wait p99',
  'back p99',
  'asks',
];

export const variantHeader = lineOf(columns);

export function variantLine(row: VariantRow): string {
  return lineOf([
    row.provider,
    row.variant,
    row.regions,
    row.overload,
    row.sent,
    row.rateLimited,
    row.warmUpRateLimited,
    row.utilisation.toFixed(4),
    row.threshold?.toFixed(4) ?? '',
    row.startsLate,
    row.p99WaitErrorMs,
    row.p99ReturnErrorMs,
    row.asksPerStart,
  ]);
}

export function realTimeLine(row: RealTimeRow): string {
  const dispatch = `dispatch p99 ${row.p99DispatchMs} ms, max ${row.maxDispatchMs} ms, late ${row.dispatchedLate}`;
  return `${variantLine(row)}  ${row.client}${row.client === 'holdfast' ? `: ${dispatch}` : ''}`;
}

export function peerLine({
  peer,
  sent,
  rateLimited,
  rateLimitedShare,
  utilisation,
  leastUtilisation,
}: PeerRow): string {
  const use = `use ${utilisation.toFixed(3)} in the mean, ${leastUtilisation.toFixed(3)} at least`;
  return `${peer.padEnd(16)} ${rateLimited} of ${sent} refused (${(rateLimitedShare * 100).toFixed(1)} %), ${use}`;
}

function lineOf(values: readonly (string | number)[]): string {
  return values.map((value, index) => String(value)[index < 2 ? 'padEnd' : 'padStart'](widths[index] ?? 0)).join(' ');
}
