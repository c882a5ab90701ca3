import type { EndpointSettings } from '../contracts/settings';
import { costUsd } from '../contracts/usage';

/** Size of a request, tokens. */
export interface RequestSize {
  readonly inputTokens: number;
  readonly maxOutputTokens: number;
}

/** What a request costs at most on an endpoint: an answer as long as it may be, nothing out of the provider's cache. */
export function expectedCostOf(endpoint: EndpointSettings, { inputTokens, maxOutputTokens }: RequestSize): number {
  const outputTokens = Math.min(maxOutputTokens, endpoint.maxOutputTokens);
  return costUsd({ inputTokens, outputTokens }, endpoint.price);
}
