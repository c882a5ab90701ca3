import type { EndpointSettings } from '../contracts/settings';

/** A server of one's own that asks for no key takes any. */
export function apiKeyOf({ apiKeyEnv }: EndpointSettings, environment: NodeJS.ProcessEnv): string {
  return apiKeyEnv === undefined ? 'none' : (environment[apiKeyEnv] ?? '');
}
