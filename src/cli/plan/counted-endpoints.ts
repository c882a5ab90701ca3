/** Which endpoints a plan counts on: all of the configuration, but for those that are taken out. */
import { didYouMean } from '../../config/closest';
import type { PoolSettings, Settings } from '../../contracts/settings';
import { UsageError } from '../failure';

/** Throws `UsageError` for an endpoint that is not there, and when a pool would have none left. */
export function poolsWithout({ pools, endpoints, file }: Settings, without: readonly string[]): Settings['pools'] {
  const known = Object.keys(endpoints);
  const unknown = without.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const hint = didYouMean(unknown, known) || ` (known: ${known.join(', ')})`;
    throw new UsageError(`--without: there is no endpoint "${unknown}" in ${file}${hint}`);
  }
  const left = Object.values(pools).map((pool): [string, PoolSettings] => {
    return [pool.name, { ...pool, endpoints: pool.endpoints.filter((name) => !without.includes(name)) }];
  });
  // A pool that the plan does not use may well be left without any.
  return Object.fromEntries(left.filter(([, pool]) => pool.endpoints.length > 0));
}

/** Said where this machine could not call what the plan counts on: a worker may not be able to either. */
export function missingKeysNote(
  used: readonly string[],
  endpoints: Settings['endpoints'],
  environment: NodeJS.ProcessEnv,
): string | undefined {
  const missing = used.filter((name) => {
    const variable = endpoints[name]?.apiKeyEnv;
    return variable !== undefined && !environment[variable];
  });
  if (missing.length === 0) return undefined;
  const which = missing.length === used.length ? 'Endpoints count' : `${missing.join(', ')} counted`;
  return `${which} although no key for them is set here; --without <endpoint> takes one out.`;
}
