import { HoldfastError } from './holdfast-error';

/** `Service.Unreachable` for clients and workers alike; `told` is what the connection said. */
export function temporalUnreachable(address: string, told: string, cause: unknown): HoldfastError {
  return new HoldfastError(
    'Service.Unreachable',
    `Temporal does not answer at ${address} (${told}); start it with "npm start" or set TEMPORAL_ADDRESS`,
    { service: 'temporal', address },
    { cause },
  );
}
