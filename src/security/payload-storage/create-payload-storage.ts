/** The SDK's external storage as the environment describes it. */
import { ExternalStorage } from '@temporalio/common';
import type { StorageDriver } from '@temporalio/common';
import { HoldfastError } from '../../errors/holdfast-error';
import { alwaysInlineBytes, choosePayloads } from './choose-payloads';
import { createFileStore } from './file-store';
import { payloadStoreKinds } from './payload-store';
import type { KeptPayloadStore, PayloadStoreKind } from './payload-store';
import { placesVariable, readPayloadStorageSettings } from './read-settings';
import type { PayloadStorageSettings, PlaceSettings } from './read-settings';
import { createRedisStore } from './redis-store';
import { createS3Store } from './s3-store';
import { createStorageDriver, driverNameOf } from './storage-driver';
import type { ToFailure } from './storage-driver';

export interface CreatePayloadStorageOptions {
  readonly environment: NodeJS.ProcessEnv;
  /** How this side throws our errors: in a worker as `ApplicationFailure`, or Temporal would retry what is final. */
  readonly toFailure: ToFailure;
}

export interface PayloadStorage {
  readonly externalStorage: ExternalStorage;
  /** False: nothing goes by reference, and references of others are refused with what to set. */
  readonly isOn: boolean;
  /** For housekeeping. */
  readonly stores: readonly KeptPayloadStore[];
  /** Closes, and throws `Config.Invalid` or `Service.Unreachable`, when a place cannot be used. */
  check(): Promise<void>;
  close(): void;
}

/** Opens nothing yet. Throws `Config.Invalid`. */
export function createPayloadStorage({ environment, toFailure }: CreatePayloadStorageOptions): PayloadStorage {
  const settings = readPayloadStorageSettings(environment);
  const stores = settings.places.map((place) => openStore(place, settings));
  const drivers = stores.map((store) => createStorageDriver(store, toFailure));
  const others = payloadStoreKinds
    .filter((kind) => stores.every((store) => store.kind !== kind))
    .map((kind) => refusingDriver(kind, toFailure));
  const [first] = drivers;
  const close = (): void => stores.forEach((store) => store.close());
  return {
    externalStorage: new ExternalStorage({
      drivers: [...drivers, ...others],
      driverSelector: first === undefined ? () => null : choosePayloads(first, settings.thresholdBytes),
      payloadSizeThreshold: alwaysInlineBytes,
    }),
    isOn: first !== undefined,
    stores,
    async check() {
      try {
        await Promise.all(stores.map((store) => store.check()));
      } catch (error) {
        // A connection that goes on trying would keep a process that refuses to start.
        close();
        throw error;
      }
    },
    close,
  };
}

function openStore(place: PlaceSettings, { retentionDays }: PayloadStorageSettings): KeptPayloadStore {
  if (place.kind === 'file') return createFileStore(place.directory);
  if (place.kind === 's3') return createS3Store(place);
  return createRedisStore({ ...place, ttlMs: retentionDays * 24 * 60 * 60 * 1_000 });
}

/** Stands in for a store that this process has not been told of. */
function refusingDriver(kind: PayloadStoreKind, toFailure: ToFailure): StorageDriver {
  const name = driverNameOf(kind);
  const refuse = (): Promise<never> => {
    const message =
      `a payload of this run is in a ${kind} store that this process does not know: ` +
      `set ${placesVariable} as the workers and clients that wrote it have it`;
    return Promise.reject(toFailure(new HoldfastError('Config.Invalid', message)));
  };
  return { name, type: name, store: refuse, retrieve: refuse };
}
