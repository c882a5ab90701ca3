/** How runs' payloads are written and read, as the environment says: the same in workers, clients and the CLI. */
import type { DataConverter } from '@temporalio/common';
import { HoldfastError } from '../errors/holdfast-error';
import { parseKeyRing } from './key-ring';
import { createPayloadCodec, payloadKeysVariable, payloadPlaintextVariable } from './payload-codec';
import { createPayloadStorage } from './payload-storage/create-payload-storage';
import type { CreatePayloadStorageOptions, PayloadStorage } from './payload-storage/create-payload-storage';

export interface CreateDataConverterOptions extends CreatePayloadStorageOptions {
  /** See `PayloadCodecOptions`. Default false. */
  readonly isWorker?: boolean;
}

export interface RunDataConverter {
  readonly dataConverter: DataConverter;
  readonly storage: PayloadStorage;
  /** `HOLDFAST_PAYLOAD_KEYS` is set. */
  readonly isEncrypting: boolean;
}

/** Opens nothing yet. Throws `Config.Invalid`. Close its `storage` when done. */
export function createDataConverter(options: CreateDataConverterOptions): RunDataConverter {
  const { environment, toFailure, isWorker = false } = options;
  const keysText = environment[payloadKeysVariable];
  const keys = keysText === undefined ? undefined : parseKeyRing(keysText, payloadKeysVariable);
  const codec = createPayloadCodec({ keys, acceptsPlaintext: readPlaintext(environment), toFailure, isWorker });
  const storage = createPayloadStorage({ environment, toFailure });
  return {
    storage,
    isEncrypting: keys !== undefined,
    dataConverter: {
      payloadCodecs: [codec],
      externalStorage: storage.externalStorage,
      ...(keys && { failureConverterPath: require.resolve('./encoded-failures') }),
    },
  };
}

function readPlaintext(environment: NodeJS.ProcessEnv): boolean {
  const text = environment[payloadPlaintextVariable] ?? 'refuse';
  if (text === 'accept' || text === 'refuse') return text === 'accept';
  throw new HoldfastError(
    'Config.Invalid',
    `${payloadPlaintextVariable}: expected accept or refuse, received "${text}"`,
  );
}
