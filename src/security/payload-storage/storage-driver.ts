/**
 * A payload store as the SDK's storage driver. Content-addressed: the key is the SHA-256 of the bytes, so what a
 * workflow task stores again when it is repeated or replayed is stored once, and what comes back is checked against it.
 */
import { createHash } from 'node:crypto';
import { StorageDriverClaim } from '@temporalio/common';
import type { Payload, StorageDriver } from '@temporalio/common';
import { maxPayloadBytes } from '../../contracts/size-limits';
import { HoldfastError } from '../../errors/holdfast-error';
import { atMost } from './at-most';
import { payloadFromBytes, payloadToBytes } from './payload-bytes';
import type { PayloadStore } from './payload-store';

/** An error of ours as the side that meets it throws it: see `CreatePayloadStorageOptions`. */
export type ToFailure = (error: HoldfastError) => Error;

/** Each may hold `maxPayloadBytes` twice; a run with many large payloads waits instead of taking the process with it. */
const concurrentPayloads = 4;
const keyForm = /^[0-9a-f]{64}$/;

export function createStorageDriver(store: PayloadStore, toFailure: ToFailure): StorageDriver {
  const inTurn = atMost(concurrentPayloads);
  const typed = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await inTurn(work);
    } catch (error) {
      throw toFailure(error instanceof HoldfastError ? error : unavailable(store, error));
    }
  };
  return {
    name: driverNameOf(store.kind),
    type: driverNameOf(store.kind),
    store: ({ abortSignal }, payloads) =>
      allOf(
        payloads.map((payload) =>
          typed(async () => {
            abortSignal?.throwIfAborted();
            return putPayload(store, payload);
          }),
        ),
      ),
    retrieve: ({ abortSignal }, claims) =>
      allOf(
        claims.map(({ claimData }) =>
          typed(async () => {
            abortSignal?.throwIfAborted();
            return getPayload(store, claimData['sha256'] ?? '');
          }),
        ),
      ),
  };
}

/** Stands in histories. */
export function driverNameOf(kind: string): string {
  return `holdfast.${kind}`;
}

async function putPayload(store: PayloadStore, payload: Payload): Promise<StorageDriverClaim> {
  const bytes = payloadToBytes(payload);
  if (bytes.byteLength > maxPayloadBytes) {
    throw new HoldfastError(
      'Payload.TooLarge',
      `a payload has ${bytes.byteLength} bytes, at most ${maxPayloadBytes} are taken: keep it elsewhere and pass its address`,
    );
  }
  const key = digestOf(bytes);
  await store.put(key, bytes);
  return new StorageDriverClaim({ sha256: key });
}

async function getPayload(store: PayloadStore, key: string): Promise<Payload> {
  // Also what keeps a forged reference from naming a file of its choice.
  if (!keyForm.test(key)) throw lost(store, `a reference names "${key.slice(0, 80)}", which is no payload's key`);
  const bytes = await store.get(key);
  if (bytes === undefined) {
    throw lost(
      store,
      `payload ${key} is not in ${store.place}: bring it back, or point every process at the store that has it`,
    );
  }
  if (digestOf(bytes) !== key) {
    throw lost(
      store,
      `payload ${key} in ${store.place} is damaged, its SHA-256 is another: bring it back from a backup`,
    );
  }
  return payloadFromBytes(bytes);
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function lost({ kind }: PayloadStore, message: string): HoldfastError {
  return new HoldfastError('Payload.Lost', message, { store: kind });
}

function unavailable({ kind, place }: PayloadStore, error: unknown): HoldfastError {
  const told = error instanceof Error ? error.message : String(error);
  return new HoldfastError(
    'Payload.StoreUnavailable',
    `${place} does not work: ${told}`,
    { store: kind },
    { cause: error },
  );
}

/** None is left running when one fails. */
async function allOf<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
