/** Who answers the model calls of a development stack: the simulator, or a real provider whose key is set. Pure. */
import type { SimulatorEndpoints } from './simulator-endpoints';

const realKeys = { OPENAI_API_KEY: 'OpenAI', ANTHROPIC_API_KEY: 'Anthropic' } as const;

export type ProviderChoice =
  { readonly kind: 'simulator' } | { readonly kind: 'real'; readonly providers: readonly string[] };

export function chooseProvider(environment: NodeJS.ProcessEnv): ProviderChoice {
  const providers = Object.entries(realKeys).flatMap(([name, provider]) =>
    environment[name]?.trim() ? [provider] : [],
  );
  return providers.length === 0 ? { kind: 'simulator' } : { kind: 'real', providers };
}

/** `base` with no provider but the ones chosen, so that a left-over variable cannot mix real and simulated calls. */
export function withoutOtherProviders(base: NodeJS.ProcessEnv, choice: ProviderChoice): NodeJS.ProcessEnv {
  const isOther = (name: string): boolean => (choice.kind === 'real' ? name.startsWith('SIM_') : name in realKeys);
  return Object.fromEntries(Object.entries(base).filter(([name]) => !isOther(name)));
}

/** The variables config/holdfast.yaml names for the simulated endpoints, e.g. `SIM_OPENAI_EASTUS_URL` and `_KEY`. */
export function simulatorEnvironment(url: string, endpoints: SimulatorEndpoints): NodeJS.ProcessEnv {
  const variables = endpoints.flatMap(({ name, provider, apiKey }) => {
    const prefix = `SIM_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
    return [
      [`${prefix}_URL`, provider === 'openai' ? `${url}/${name}/v1` : `${url}/${name}`],
      [`${prefix}_KEY`, apiKey],
    ];
  });
  return Object.fromEntries(variables) as NodeJS.ProcessEnv;
}
