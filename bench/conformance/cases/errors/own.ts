/** Statuses with the body that the provider itself gives them, written by the simulator and, where it can, by aimock. */
import type { FailureType } from '../../../../src/errors';
import type { ConformanceCase } from '../../case';
import { prose } from '../../canaries';
import { all } from '../../targets';
import type { Target } from '../../targets';

interface OwnStatus {
  readonly status: number;
  readonly failure: FailureType;
  readonly title: string;
  readonly anthropic: string;
  readonly openAi: string;
  readonly gemini: string;
}

const statuses: readonly OwnStatus[] = [
  {
    status: 400,
    failure: 'Llm.BadRequest',
    title: 'the request is wrong.',
    anthropic: 'invalid_request_error',
    openAi: 'invalid_request_error',
    gemini: 'INVALID_ARGUMENT',
  },
  {
    status: 401,
    failure: 'Llm.Authentication',
    title: 'the key is wrong.',
    anthropic: 'authentication_error',
    openAi: 'invalid_request_error',
    gemini: 'UNAUTHENTICATED',
  },
  {
    status: 403,
    failure: 'Llm.Authentication',
    title: 'the key may not do this.',
    anthropic: 'permission_error',
    openAi: 'invalid_request_error',
    gemini: 'PERMISSION_DENIED',
  },
  {
    status: 404,
    failure: 'Llm.ModelNotFound',
    title: 'the model does not exist.',
    anthropic: 'not_found_error',
    openAi: 'invalid_request_error',
    gemini: 'NOT_FOUND',
  },
  {
    status: 429,
    failure: 'Llm.RateLimited',
    title: 'the rate limit is reached.',
    anthropic: 'rate_limit_error',
    openAi: 'rate_limit_error',
    gemini: 'RESOURCE_EXHAUSTED',
  },
  {
    status: 500,
    failure: 'Llm.ServerError',
    title: 'the provider has an error of its own.',
    anthropic: 'api_error',
    openAi: 'server_error',
    gemini: 'INTERNAL',
  },
  {
    status: 503,
    failure: 'Llm.Overloaded',
    title: 'the provider is unavailable.',
    anthropic: 'overloaded_error',
    openAi: 'service_unavailable_error',
    gemini: 'UNAVAILABLE',
  },
  {
    status: 504,
    failure: 'Llm.ServerError',
    title: 'the provider gave up on itself.',
    anthropic: 'timeout_error',
    openAi: 'server_error',
    gemini: 'DEADLINE_EXCEEDED',
  },
];

function typeAt({ anthropic, openAi, gemini }: OwnStatus, { provider }: Target): string {
  if (provider === 'anthropic') return anthropic;
  return provider === 'gemini' ? gemini : openAi;
}

export const ownStatusCases: readonly ConformanceCase[] = [...statuses.map(ownStatusCase), ...realRefusals()];

/** Nothing is posted here: the simulator judges the request as the provider would. */
function realRefusals(): ConformanceCase[] {
  return [
    {
      id: 'status/real-context-window',
      title: 'An input that does not fit the context window of the model.',
      targets: all,
      // Too small for the question, whatever the answer.
      simulator: { endpoint: { contextWindow: 12 } },
      request: { parameters: { maxOutputTokens: 16 } },
      expect: { failure: 'Llm.ContextTooLong', usage: 'none' },
    },
    {
      id: 'status/real-model',
      title: 'A model or deployment that is not there.',
      targets: all,
      simulator: { endpoint: { models: ['another-model'] } },
      expect: { failure: 'Llm.ModelNotFound', details: { status: 404 }, usage: 'none' },
    },
    {
      id: 'status/real-key',
      title: 'A key that is wrong, in the status that each provider has for that.',
      targets: all,
      simulator: { endpoint: { apiKey: 'another-key' } },
      expect: { failure: 'Llm.Authentication', usage: 'none' },
    },
  ];
}

function ownStatusCase(own: OwnStatus): ConformanceCase {
  return {
    id: `status/own-${own.status}`,
    title: `${own.status}: ${own.title}`,
    targets: all,
    simulator: { faults: [{ kind: 'status', status: own.status }] },
    aimock: (target) => ({ response: { error: { message: prose, type: typeAt(own, target) }, status: own.status } }),
    expect: { failure: own.failure, details: { status: own.status }, usage: 'none' },
  };
}
