/** What the processes of callers and their test agree on. */
import type { CapacityCandidate } from '../../../../src/contracts/capacity';
import type { CapacitySettings, Limits } from '../../../../src/contracts/settings';
import { capacitySettings } from '../open-capacity';

/** J is wide, as a busy machine is late; leases are short, as nobody wants to wait for the dead. */
export const settings: CapacitySettings = { ...capacitySettings, jitterMs: 200, leaseMs: 1_500 };
export const pool = 'smart';
export const limits: Limits = { rpm: 1_200, requestWindowMs: 1_000, tpm: 150_000, concurrency: 10 };
export const groups = ['one', 'two'] as const;
export const loops = 6;
export const sharedRids = Array.from({ length: 8 }, (_, index) => `shared-${index}`);

export function candidatesOf(tokens: number): CapacityCandidate[] {
  return groups.map((name) => ({ endpoint: name, quotaGroup: name, limits, cost: { tokens } }));
}

/** The argument of a process. */
export interface Started {
  readonly redisUrl: string;
  readonly keyPrefix: string;
  readonly recordFile: string;
  readonly seed: number;
  readonly process: number;
  readonly processes: number;
}

/** `stop`: ask for nothing more, keep one claim, and say `stopped`; `end`: settle it and leave. */
export type Order = 'stop' | 'end';

export type Entry =
  | { readonly kind: 'asks'; readonly rid: string; readonly tokens: number }
  | {
      readonly kind: 'grants';
      readonly rid: string;
      readonly tokens: number;
      readonly endpoint: string;
      readonly group: string;
      readonly startAt: number;
      readonly startInMs: number;
      readonly maxWaitMs: number;
    }
  | { readonly kind: 'moves'; readonly rid: string; readonly atMs: number; readonly startAt: number }
  | { readonly kind: 'sends'; readonly rid: string; readonly atMs: number }
  | { readonly kind: 'ends'; readonly rid: string; readonly atMs: number; readonly charged: number }
  | { readonly kind: 'releases'; readonly rid: string };
