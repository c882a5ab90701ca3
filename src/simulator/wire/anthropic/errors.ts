/** Anthropic's error bodies: `{ "type": "error", "error": { type, message, details? }, "request_id" }`. */
import type { Dimension, Refusal } from '../../limits';
import { ProviderError } from '../provider-error';
import type { ErrorFormat } from '../provider-error';

const byStatus: Readonly<Record<number, { type: string; message: string }>> = {
  400: { type: 'invalid_request_error', message: 'The request was rejected.' },
  401: { type: 'authentication_error', message: 'invalid x-api-key' },
  402: { type: 'billing_error', message: 'Your credit balance is too low to access the Anthropic API.' },
  403: { type: 'permission_error', message: 'Your API key does not have permission to use this resource.' },
  404: { type: 'not_found_error', message: 'Not found' },
  413: { type: 'request_too_large', message: 'Request exceeds the maximum size' },
  429: { type: 'rate_limit_error', message: 'This request would exceed the rate limit for your organization.' },
  500: { type: 'api_error', message: 'Internal server error' },
  504: { type: 'timeout_error', message: 'The request timed out.' },
  529: { type: 'overloaded_error', message: 'Overloaded' },
};

const messageOfCode: Readonly<Record<string, string>> = {
  enforced_spend_limit_reached: 'You have reached your specified API usage limits.',
  contract_spend_limit_reached: 'Your organization has reached the spend limit of its contract.',
  ramp_limit_exceeded: 'Your organization increased its usage too fast. Please ramp up gradually.',
};

export const anthropicErrors: ErrorFormat = {
  body: ({ fields }, requestId) => {
    const { type, message, code } = fields;
    const details = typeof code === 'string' ? { details: { error_code: code } } : {};
    return { type: 'error', error: { type, message, ...details }, request_id: requestId };
  },
  unauthorized: (key) => {
    const message = key === undefined ? 'An API key is required' : 'invalid x-api-key';
    return new ProviderError(401, { type: 'authentication_error', message });
  },
  unknownRoute: () => new ProviderError(404, { type: 'not_found_error', message: 'Not found' }),
  unknownModel: (model) => new ProviderError(404, { type: 'not_found_error', message: `model: ${model}` }),
  malformedJson: () => invalidRequest('The request body is not valid JSON.'),
  bodyTooLarge: () => anthropicErrors.ofStatus(413),
  rateLimited,
  ofStatus: (status, code) => {
    const fallback = { type: status < 500 ? 'invalid_request_error' : 'api_error', message: `HTTP ${status}` };
    const fields = byStatus[status] ?? fallback;
    if (code === undefined) return new ProviderError(status, fields);
    return new ProviderError(status, { ...fields, code, message: messageOfCode[code] ?? fields.message });
  },
};

export function invalidRequest(message: string): ProviderError {
  return new ProviderError(400, { type: 'invalid_request_error', message });
}

const unitOf: Readonly<Record<Dimension, string>> = {
  rpm: 'requests per minute',
  tpm: 'input tokens per minute',
  inputTpm: 'input tokens per minute',
  outputTpm: 'output tokens per minute',
  rpd: 'requests per day',
  concurrency: 'concurrent connections',
};

function rateLimited({ dimension, limit, waitMs }: Refusal, model: string): ProviderError {
  const what = `${limit.toLocaleString('en-US')} ${unitOf[dimension]}`;
  const message = `This request would exceed your organization's rate limit of ${what} (model: ${model}).`;
  return new ProviderError(429, { type: 'rate_limit_error', message }, waitMs);
}
