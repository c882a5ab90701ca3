/** Removing what nobody needs, and checking what is there. Both read a store from end to end. */
import { createHash } from 'node:crypto';
import type { KeptPayloadStore, StoredPayload } from './payload-store';

export interface StoreSweep {
  readonly store: string;
  readonly kept: number;
  readonly keptBytes: number;
  /** In a dry run: what would be. */
  readonly removed: number;
  readonly removedBytes: number;
}

export interface StoreVerification {
  readonly store: string;
  readonly checked: number;
  readonly checkedBytes: number;
  readonly damaged: number;
  /** The first 100. */
  readonly damagedKeys: readonly string[];
}

/** Each may hold 64 MiB. */
const atOnce = 4;
const shownKeys = 100;
const keyForm = /^[0-9a-f]{64}$/;

export async function sweepStore(
  store: KeptPayloadStore,
  { unusedSinceMs, isDryRun }: { readonly unusedSinceMs: number; readonly isDryRun: boolean },
): Promise<StoreSweep> {
  const sum = { kept: 0, keptBytes: 0, removed: 0, removedBytes: 0 };
  await forAll(store, async ({ key, bytes, usedAtMs }) => {
    const isOld = usedAtMs < unusedSinceMs;
    const isRemoved = isOld && (isDryRun || (await store.removeUnused(key, unusedSinceMs)));
    sum[isRemoved ? 'removed' : 'kept'] += 1;
    sum[isRemoved ? 'removedBytes' : 'keptBytes'] += bytes;
  });
  return { store: store.place, ...sum };
}

/** Compares every payload with its name, which is the SHA-256 of its bytes. */
export async function verifyStore(store: KeptPayloadStore): Promise<StoreVerification> {
  const sum = { checked: 0, checkedBytes: 0, damaged: 0 };
  const damagedKeys: string[] = [];
  await forAll(store, async ({ key }) => {
    if (!keyForm.test(key)) return;
    const bytes = await store.peek(key);
    if (bytes === undefined) return;
    sum.checked += 1;
    sum.checkedBytes += bytes.byteLength;
    if (createHash('sha256').update(bytes).digest('hex') === key) return;
    sum.damaged += 1;
    if (damagedKeys.length < shownKeys) damagedKeys.push(key);
  });
  return { store: store.place, ...sum, damagedKeys };
}

/** Some at a time, and never more of the list in memory than that. The first failure ends it once the others have ended. */
async function forAll(store: KeptPayloadStore, work: (payload: StoredPayload) => Promise<void>): Promise<void> {
  const under = new Set<Promise<void>>();
  const failures: unknown[] = [];
  for await (const payload of store.list()) {
    const done: Promise<void> = work(payload)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => under.delete(done));
    under.add(done);
    if (under.size >= atOnce) await Promise.race(under);
    if (failures.length > 0) break;
  }
  await Promise.all(under);
  if (failures.length > 0) throw failures[0];
}
