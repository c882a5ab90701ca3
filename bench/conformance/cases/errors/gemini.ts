/** https://ai.google.dev/gemini-api/docs/troubleshooting and google.rpc's error model. */
import { prose } from '../../canaries';
import { casesOf } from './row';

function body(
  code: number,
  status: string,
  { message = prose, details }: { message?: string; details?: unknown[] } = {},
): unknown {
  return { error: { code, message, status, ...(details === undefined ? {} : { details }) } };
}

const type = (name: string): string => `type.googleapis.com/google.rpc.${name}`;

/** What a 429 says about its cause. */
function quota(quotaId: string, retryDelay?: string): unknown[] {
  const violation = {
    quotaMetric: 'generativelanguage.googleapis.com/generate_content_requests',
    quotaId,
    quotaDimensions: { location: 'global', model: 'gemini-2.5-flash' },
    quotaValue: '10',
  };
  return [
    { '@type': type('QuotaFailure'), violations: [violation] },
    {
      '@type': type('Help'),
      links: [{ description: 'Learn more', url: 'https://ai.google.dev/gemini-api/docs/rate-limits' }],
    },
    ...(retryDelay === undefined ? [] : [{ '@type': type('RetryInfo'), retryDelay }]),
  ];
}

function info(reason: string): unknown[] {
  return [
    { '@type': type('ErrorInfo'), reason, domain: 'googleapis.com', metadata: { service: 'generativelanguage' } },
  ];
}

const exhausted = 'RESOURCE_EXHAUSTED';

export const geminiErrors = casesOf(
  'status/gemini',
  ['gemini'],
  [
    {
      name: 'per-minute',
      title: 'The quota per minute is used up, and the body says how long.',
      status: 429,
      body: body(429, exhausted, { details: quota('GenerateRequestsPerMinutePerProjectPerModel', '18s') }),
      failure: 'Llm.RateLimited',
      retryAfterMs: [18_000, 18_000],
    },
    {
      name: 'fractional-delay',
      title: 'The delay in the body may have a fraction.',
      status: 429,
      body: body(429, exhausted, { details: quota('GenerateContentInputTokensPerModelPerMinute', '18.482s') }),
      failure: 'Llm.RateLimited',
      retryAfterMs: [18_482, 18_483],
    },
    {
      name: 'delay-nonsense',
      title: 'A delay that makes no sense is none.',
      status: 429,
      body: body(429, exhausted, { details: quota('GenerateRequestsPerMinutePerProjectPerModel', '-soon') }),
      failure: 'Llm.RateLimited',
      retryAfterMs: 'none',
    },
    {
      name: 'delay-absurd',
      title: 'A delay of a day is cut to an hour.',
      status: 429,
      body: body(429, exhausted, { details: quota('GenerateRequestsPerMinutePerProjectPerModel', '86400s') }),
      failure: 'Llm.RateLimited',
      retryAfterMs: [3_600_000, 3_600_000],
    },
    {
      name: 'per-day',
      title:
        'The quota per day is used up: the endpoint is closed until midnight in California, whatever delay is named.',
      status: 429,
      body: body(429, exhausted, { details: quota('GenerateRequestsPerDayPerProjectPerModel-FreeTier', '18s') }),
      failure: 'Llm.QuotaExhausted',
    },
    {
      name: 'per-day-and-minute',
      title: 'With both used up, the day decides.',
      status: 429,
      body: body(429, exhausted, {
        details: [
          ...quota('GenerateRequestsPerMinutePerProjectPerModel', '18s'),
          ...quota('GenerateRequestsPerDayPerProjectPerModel'),
        ],
      }),
      failure: 'Llm.QuotaExhausted',
    },
    {
      name: 'exhausted-bare',
      title: 'A 429 without details is a rate limit.',
      status: 429,
      body: body(429, exhausted),
      failure: 'Llm.RateLimited',
      retryAfterMs: 'none',
    },
    {
      name: 'details-nonsense',
      title: 'Details of other types than documented are ignored.',
      status: 429,
      body: body(429, exhausted, {
        details: [
          null,
          7,
          { '@type': 7, violations: 'none' },
          { '@type': type('QuotaFailure'), violations: { quotaId: 1 } },
        ],
      }),
      failure: 'Llm.RateLimited',
    },
    {
      name: 'key-invalid',
      title: 'A wrong key is a 400 here.',
      status: 400,
      body: body(400, 'INVALID_ARGUMENT', {
        message: 'API key not valid. Please pass a valid API key.',
        details: info('API_KEY_INVALID'),
      }),
      failure: 'Llm.Authentication',
    },
    {
      name: 'key-expired',
      title: 'So is a key that has expired.',
      status: 400,
      body: body(400, 'INVALID_ARGUMENT', {
        message: 'API key expired. Please renew the API key.',
        details: info('API_KEY_INVALID'),
      }),
      failure: 'Llm.Authentication',
    },
    {
      name: 'service-disabled',
      title: 'The service is not switched on for the project.',
      status: 403,
      body: body(403, 'PERMISSION_DENIED', { details: info('SERVICE_DISABLED') }),
      failure: 'Llm.Authentication',
    },
    {
      name: 'too-long',
      title: 'An input that is too long is told in prose alone.',
      status: 400,
      body: body(400, 'INVALID_ARGUMENT', {
        message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      }),
      failure: 'Llm.ContextTooLong',
    },
    {
      name: 'invalid-argument',
      title: 'Any other 400 is our own fault.',
      status: 400,
      body: body(400, 'INVALID_ARGUMENT'),
      failure: 'Llm.BadRequest',
    },
    {
      name: 'precondition',
      title: 'The country is not served.',
      status: 400,
      body: body(400, 'FAILED_PRECONDITION', { message: 'User location is not supported for the API use.' }),
      failure: 'Llm.Authentication',
    },
    {
      name: 'not-found',
      title: 'The model does not exist.',
      status: 404,
      body: body(404, 'NOT_FOUND'),
      failure: 'Llm.ModelNotFound',
    },
    {
      name: 'internal',
      title: '500 `INTERNAL`.',
      status: 500,
      body: body(500, 'INTERNAL'),
      failure: 'Llm.ServerError',
    },
    {
      name: 'unavailable',
      title: '503 `UNAVAILABLE`: the model is overloaded.',
      status: 503,
      body: body(503, 'UNAVAILABLE', { message: 'The model is overloaded. Please try again later.' }),
      failure: 'Llm.Overloaded',
    },
    {
      name: 'deadline',
      title: '504 `DEADLINE_EXCEEDED`.',
      status: 504,
      body: body(504, 'DEADLINE_EXCEEDED'),
      failure: 'Llm.ServerError',
    },
    {
      name: 'in-a-list',
      title: 'The error may stand in a list of one.',
      status: 503,
      body: [body(503, 'UNAVAILABLE')],
      failure: 'Llm.Overloaded',
    },
  ],
);
