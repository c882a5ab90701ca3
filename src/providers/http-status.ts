/** HTTP statuses as both providers use them. Codes and types in the body, where they say more, go first. */
import type { FailureType } from '../errors/failure-types';

const typeOfKnownStatus: Readonly<Record<number, FailureType>> = {
  401: 'Llm.Authentication',
  402: 'Llm.QuotaExhausted',
  403: 'Llm.Authentication',
  404: 'Llm.ModelNotFound',
  408: 'Llm.Timeout',
  // A lock or conflict on the provider's side; their own SDKs try it again too.
  409: 'Llm.ServerError',
  413: 'Llm.ContextTooLong',
  429: 'Llm.RateLimited',
  503: 'Llm.Overloaded',
  529: 'Llm.Overloaded',
};

/** For any status but a success: unknown 4xx are our request's fault, everything else is the endpoint's. */
export function typeOfStatus(status: number): FailureType {
  // A redirect is never followed: keys go to the configured host only. Another endpoint may well answer.
  if (status < 400) return 'Llm.ServerError';
  return typeOfKnownStatus[status] ?? (status < 500 ? 'Llm.BadRequest' : 'Llm.ServerError');
}
