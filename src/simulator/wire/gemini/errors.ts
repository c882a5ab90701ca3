/** Google's error bodies: `{ "error": { code, message, status, details? } }`, with how long to wait among the details. */
import type { Dimension } from '../../limits';
import { retryInfoOf } from '../durations';
import { ProviderError } from '../provider-error';
import type { ErrorFields, ErrorFormat } from '../provider-error';

const rpc = 'type.googleapis.com/google.rpc.';

const byStatus: Readonly<Record<number, { type: string; message: string }>> = {
  400: { type: 'INVALID_ARGUMENT', message: 'Request contains an invalid argument.' },
  401: { type: 'UNAUTHENTICATED', message: 'Request had invalid authentication credentials.' },
  403: { type: 'PERMISSION_DENIED', message: 'The caller does not have permission' },
  404: { type: 'NOT_FOUND', message: 'Requested entity was not found.' },
  413: { type: 'INVALID_ARGUMENT', message: 'Request payload size exceeds the limit.' },
  429: { type: 'RESOURCE_EXHAUSTED', message: 'Resource has been exhausted (e.g. check quota).' },
  499: { type: 'CANCELLED', message: 'The operation was cancelled.' },
  500: { type: 'INTERNAL', message: 'An internal error has occurred. Please retry or report.' },
  503: { type: 'UNAVAILABLE', message: 'The model is overloaded. Please try again later.' },
  504: { type: 'DEADLINE_EXCEEDED', message: 'Deadline expired before operation could complete.' },
};

const quotaMessage = 'You exceeded your current quota, please check your plan and billing details.';

/** Codes of a posted 429: which quota it names. */
const quotaOfCode: Readonly<Record<string, Dimension>> = { PerMinute: 'rpm', PerDay: 'rpd' };

export const geminiErrors: ErrorFormat = {
  body: ({ status, fields, retryInMs }) => {
    const { type, message, details = [] } = fields;
    const all = [...(details as readonly object[]), ...retryInfo(retryInMs)];
    return { error: { code: status, message, status: type, ...(all.length === 0 ? {} : { details: all }) } };
  },
  unauthorized: (key) => {
    if (key === undefined) {
      const message = "Method doesn't allow unregistered callers (callers without established identity).";
      return new ProviderError(403, { type: 'PERMISSION_DENIED', message });
    }
    return invalidArgument('API key not valid. Please pass a valid API key.', [
      { '@type': `${rpc}ErrorInfo`, reason: 'API_KEY_INVALID', domain: 'googleapis.com' },
    ]);
  },
  unknownRoute: () => new ProviderError(404, fieldsOf(404)),
  unknownModel: (model) => {
    const rule = 'Call ModelService.ListModels to see the list of available models and their supported methods.';
    const message = `models/${model} is not found for API version v1beta, or is not supported for generateContent. ${rule}`;
    return new ProviderError(404, { type: 'NOT_FOUND', message });
  },
  malformedJson: () => invalidArgument('Invalid JSON payload received. Unexpected token.'),
  bodyTooLarge: () => new ProviderError(413, fieldsOf(413)),
  rateLimited: (refusal, model) => {
    return new ProviderError(429, quotaFields(refusal.dimension, { model, limit: refusal.limit }), refusal.waitMs);
  },
  ofStatus: (status, code) => {
    const quota = code === undefined ? undefined : quotaOfCode[code];
    if (quota !== undefined) return new ProviderError(status, quotaFields(quota));
    const fields = fieldsOf(status);
    // A code is the status by name, e.g. `UNAVAILABLE`.
    return new ProviderError(status, code === undefined ? fields : { ...fields, type: code });
  },
};

export function invalidArgument(message: string, details?: readonly object[]): ProviderError {
  const fields = { type: 'INVALID_ARGUMENT', message };
  return new ProviderError(400, details === undefined ? fields : { ...fields, details });
}

function fieldsOf(status: number): ErrorFields {
  return byStatus[status] ?? { type: status < 500 ? 'INVALID_ARGUMENT' : 'UNKNOWN', message: `HTTP ${status}` };
}

const quotas: Readonly<Record<Dimension, { id: string; metric: string }>> = {
  rpm: { id: 'GenerateRequestsPerMinutePerProjectPerModel', metric: 'generate_content_requests' },
  rpd: { id: 'GenerateRequestsPerDayPerProjectPerModel', metric: 'generate_requests_per_model_per_day' },
  tpm: { id: 'GenerateContentInputTokensPerModelPerMinute', metric: 'generate_content_input_token_count' },
  inputTpm: { id: 'GenerateContentInputTokensPerModelPerMinute', metric: 'generate_content_input_token_count' },
  outputTpm: { id: 'GenerateContentOutputTokensPerModelPerMinute', metric: 'generate_content_output_token_count' },
  concurrency: { id: 'GenerateConcurrentRequestsPerProjectPerModel', metric: 'generate_content_concurrent_requests' },
};

function quotaFields(dimension: Dimension, about: Partial<{ model: string; limit: number }> = {}): ErrorFields {
  const { id, metric } = quotas[dimension];
  const violation = {
    quotaMetric: `generativelanguage.googleapis.com/${metric}`,
    quotaId: id,
    quotaDimensions: { location: 'global', ...(about.model === undefined ? {} : { model: about.model }) },
    ...(about.limit === undefined ? {} : { quotaValue: String(about.limit) }),
  };
  const details = [{ '@type': `${rpc}QuotaFailure`, violations: [violation] }];
  return { type: 'RESOURCE_EXHAUSTED', message: quotaMessage, details };
}

function retryInfo(retryInMs: number): readonly object[] {
  return Number.isFinite(retryInMs) ? [retryInfoOf(retryInMs)] : [];
}
