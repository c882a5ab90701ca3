import { join } from 'node:path';
import { cloneDirectory } from '../paths';

export interface TemporalTarget {
  /** host:port. */
  readonly address: string;
  readonly namespace: string;
}

/** A file that is missing counts as no settings; an empty one would be an error in SDK 1.24. */
const missingFile = join(cloneDirectory, '.holdfast', 'no-temporal.toml');

/**
 * `base` for a client or worker of exactly this server: settings meant for another one (an API key, TLS, a profile of
 * temporal.toml) are left out.
 */
export function temporalEnvironment(
  base: NodeJS.ProcessEnv,
  { address, namespace }: TemporalTarget,
): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(base).filter(([name]) => !name.startsWith('TEMPORAL_'))),
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    TEMPORAL_CONFIG_FILE: missingFile,
  };
}
