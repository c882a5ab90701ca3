/** Which endpoints of a pool a batch tier can use: those whose provider has a batch interface. */
import { batchProviders } from '../contracts/settings';
import type { Problem } from './problems';
import type { KnownPools } from './resolve-pools';

const providers = batchProviders.join(' and ');

/** A pool that could never take a batch is a mistake, whatever keys there are. */
export function batchProblems(path: Problem['path'], pool: string, file: KnownPools['file']): Problem[] {
  const declared = file.pools[pool]?.endpoints ?? [];
  if (declared.some((endpoint) => hasBatch(endpoint, file))) return [];
  const text = `no endpoint of pool "${pool}" has a batch interface; those of ${providers} have`;
  return [{ path: [...path, 'batch'], text }];
}

export function hasUsableBatch(pool: string, { file, usable }: KnownPools): boolean {
  return (usable.get(pool)?.endpoints ?? []).some((endpoint) => hasBatch(endpoint, file));
}

/** Endpoints that the tier passes over. */
export function batchWarnings(path: Problem['path'], pool: string, { file, usable }: KnownPools): Problem[] {
  const passedOver = (usable.get(pool)?.endpoints ?? []).filter((endpoint) => !hasBatch(endpoint, file));
  if (passedOver.length === 0) return [];
  return [{ path, text: `no batch goes to ${passedOver.join(', ')}: only ${providers} have a batch interface` }];
}

function hasBatch(endpoint: string, { endpoints }: KnownPools['file']): boolean {
  const provider = endpoints[endpoint]?.provider;
  // An unknown endpoint is reported where the pool is declared.
  return provider === undefined || batchProviders.includes(provider);
}
