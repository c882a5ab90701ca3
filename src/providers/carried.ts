import type { JsonValue } from '../contracts/json';
import type { Carried } from '../contracts/model';
import type { EndpointSettings } from '../contracts/settings';
import { recordOf } from './wire-value';

/**
 * What a model wants to see again is marked with the endpoint and model it came from: thinking and signatures are bound
 * to the model, of some models to the account as well, and anybody else answers them with a 400.
 */
export function carry({ provider, name, model }: EndpointSettings, items: readonly JsonValue[]): Carried {
  return { provider, data: { endpoint: name, model, items } };
}

/** What this endpoint's model gave to carry; undefined for nothing and for what came from any other. */
export function itemsCarriedBy(endpoint: EndpointSettings, carried: Carried | undefined): unknown[] | undefined {
  const { endpoint: name, model, items } = recordOf(carried?.data);
  const isOwn = carried?.provider === endpoint.provider && name === endpoint.name && model === endpoint.model;
  return isOwn && Array.isArray(items) ? items : undefined;
}
