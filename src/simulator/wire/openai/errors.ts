/** OpenAI's error bodies: `{ "error": { message, type, param, code } }`. */
import type { Refusal } from '../../limits';
import { ProviderError } from '../provider-error';
import type { ErrorFormat } from '../provider-error';

interface KnownError {
  readonly type: string;
  readonly code: string | null;
  readonly message: string;
}

const invalidRequest = 'invalid_request_error';
const byStatus: Readonly<Record<number, KnownError>> = {
  400: { type: invalidRequest, code: null, message: 'The request was rejected.' },
  401: { type: invalidRequest, code: 'invalid_api_key', message: 'Incorrect API key provided.' },
  402: {
    type: 'insufficient_quota',
    code: 'billing_hard_limit_reached',
    message: 'Billing hard limit has been reached.',
  },
  403: {
    type: invalidRequest,
    code: 'unsupported_country_region_territory',
    message: 'Country or region not supported.',
  },
  404: {
    type: invalidRequest,
    code: 'model_not_found',
    message: 'The model does not exist or you do not have access.',
  },
  413: { type: invalidRequest, code: 'request_too_large', message: 'Request body exceeds the maximum size.' },
  429: { type: 'requests', code: 'rate_limit_exceeded', message: 'Rate limit reached. Please slow down.' },
  500: {
    type: 'server_error',
    code: null,
    message: 'The server had an error while processing your request. Sorry about that!',
  },
  503: {
    type: 'service_unavailable_error',
    code: 'server_is_overloaded',
    message: 'Our servers are currently overloaded. Please try again later.',
  },
};

const byCode: Readonly<Record<string, { type: string; message: string }>> = {
  insufficient_quota: {
    type: 'insufficient_quota',
    message: 'You exceeded your current quota, please check your plan and billing details.',
  },
  credit_balance_exhausted: { type: 'insufficient_quota', message: 'Your credit balance is exhausted.' },
  organization_usage_limit_exceeded: {
    type: 'insufficient_quota',
    message: 'Your organization has reached its usage limit.',
  },
  slow_down: { type: 'requests', message: 'Your traffic grew too fast. Please slow down.' },
  content_policy_violation: {
    type: invalidRequest,
    message: 'Your request was rejected as a result of our safety system.',
  },
  content_filter: { type: invalidRequest, message: 'The prompt triggered the content management policy.' },
  context_length_exceeded: {
    type: invalidRequest,
    message: 'Your input exceeds the context window of this model. Please reduce the length of the messages.',
  },
};

export const openAiErrors: ErrorFormat = {
  body: ({ fields }) => {
    const { message, type, param = null, code = null } = fields;
    return { error: { message, type, param, code } };
  },
  unauthorized: (key) =>
    key === undefined
      ? invalid("You didn't provide an API key. Provide it in an Authorization header using Bearer auth.", {
          status: 401,
        })
      : invalid(`Incorrect API key provided: ${maskKey(key)}.`, { status: 401, code: 'invalid_api_key' }),
  unknownRoute: (method, path) => invalid(`Invalid URL (${method} ${path})`, { status: 404 }),
  unknownModel: (model) =>
    invalid(`The model \`${model}\` does not exist or you do not have access to it.`, {
      status: 404,
      code: 'model_not_found',
    }),
  malformedJson: () => invalid('We could not parse the JSON body of your request.'),
  bodyTooLarge: () => openAiErrors.ofStatus(413),
  rateLimited,
  promptBlocked: () => openAiErrors.ofStatus(400, 'content_policy_violation'),
  ofStatus: (status, code) => {
    const base = byStatus[status] ?? { type: status < 500 ? invalidRequest : 'server_error', code: null, message: '' };
    const known = code === undefined ? {} : { code, ...byCode[code] };
    const fields = { ...base, ...known };
    return new ProviderError(status, { ...fields, message: fields.message || `HTTP ${status}` });
  },
};

/** An `invalid_request_error`: a 400 unless said otherwise. */
export function invalid(
  message: string,
  { status = 400, param = null, code = null }: { status?: number; param?: string | null; code?: string | null } = {},
): ProviderError {
  return new ProviderError(status, { type: invalidRequest, message, param, code });
}

const countedUnits: Readonly<Record<Exclude<Refusal['dimension'], 'concurrency'>, { type: string; what: string }>> = {
  rpm: { type: 'requests', what: 'requests per min (RPM)' },
  rpd: { type: 'requests', what: 'requests per day (RPD)' },
  tpm: { type: 'tokens', what: 'tokens per min (TPM)' },
  inputTpm: { type: 'tokens', what: 'input tokens per min' },
  outputTpm: { type: 'tokens', what: 'output tokens per min' },
};

function rateLimited(refusal: Refusal, model: string): ProviderError {
  const { dimension, limit, remaining, requested, waitMs } = refusal;
  const code = 'rate_limit_exceeded';
  if (dimension === 'concurrency') {
    const message = `Rate limit reached for ${model}: Limit ${limit} concurrent requests. Please try again later.`;
    return new ProviderError(429, { type: 'requests', code, message });
  }
  const { type, what } = countedUnits[dimension];
  if (waitMs === Number.POSITIVE_INFINITY) {
    const advice = 'The input or output tokens must be reduced in order to run successfully.';
    const message = `Request too large for ${model} on ${what}: Limit ${limit}, Requested ${requested}. ${advice}`;
    return new ProviderError(429, { type, code, message });
  }
  const state = `Limit ${limit}, Used ${limit - remaining}, Requested ${requested}`;
  const wait = `Please try again in ${((waitMs ?? 0) / 1_000).toFixed(3)}s.`;
  const message = `Rate limit reached for ${model} on ${what}: ${state}. ${wait}`;
  return new ProviderError(429, { type, code, message }, waitMs);
}

function maskKey(key: string): string {
  return key.length <= 8 ? '*'.repeat(key.length) : `${key.slice(0, 3)}****${key.slice(-4)}`;
}
