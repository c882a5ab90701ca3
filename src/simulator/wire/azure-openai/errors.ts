/**
 * Azure's error bodies: its gateway's own are `{ "error": { code, message } }`; what the model refuses has the fields of
 * OpenAI's; the content filter adds a `status` and an `innererror`.
 */
import type { Dimension, Refusal } from '../../limits';
import { openAiErrors } from '../openai/errors';
import { ProviderError } from '../provider-error';
import type { ErrorFields, ErrorFormat } from '../provider-error';

/** Type of the errors that have none on the wire. */
const gateway = '';

const deniedMessage =
  'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.';
const deploymentMessage =
  'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.';
const filterMessage =
  "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.";
const demandMessage =
  'The system is currently experiencing high demand and cannot process your request. Your request exceeds the maximum usage size allowed during peak load. For improved capacity reliability, consider switching to Provisioned Throughput.';

const byStatus: Readonly<Record<number, ErrorFields>> = {
  401: { type: gateway, code: '401', message: deniedMessage },
  403: { type: gateway, code: '403', message: 'Access denied due to Virtual Network/Firewall rules.' },
  404: { type: gateway, code: 'DeploymentNotFound', message: deploymentMessage },
  408: { type: gateway, code: 'Timeout', message: 'The operation was timeout.' },
  429: { type: gateway, code: '429', message: 'Rate limit is exceeded. Try again in 1 seconds.' },
  500: {
    type: 'server_error',
    code: 'InternalServerError',
    message: 'The server had an error processing your request.',
  },
  503: {
    type: gateway,
    code: 'ServiceUnavailable',
    message: 'The service is temporarily unable to process your request.',
  },
};

const filtered = { filtered: true, severity: 'high' };
const passed = { filtered: false, severity: 'safe' };

const byCode: Readonly<Record<string, ErrorFields>> = {
  DeploymentNotFound: { type: gateway, code: 'DeploymentNotFound', message: deploymentMessage },
  content_filter: {
    type: gateway,
    code: 'content_filter',
    param: 'prompt',
    message: filterMessage,
    details: {
      code: 'ResponsibleAIPolicyViolation',
      content_filter_result: { hate: passed, jailbreak: { filtered: false, detected: false }, violence: filtered },
    },
  },
  high_demand: { type: 'too_many_requests', code: 'too_many_requests', message: demandMessage },
};

export const azureErrors: ErrorFormat = {
  body: ({ status, fields }) => {
    const { type, message, code = null, param = null, details } = fields;
    if (details !== undefined) return { error: { code, message, param, type: null, status, innererror: details } };
    return { error: type === gateway ? { code, message } : { message, type, param, code } };
  },
  unauthorized: () => azureErrors.ofStatus(401),
  unknownRoute: () => new ProviderError(404, { type: gateway, code: '404', message: 'Resource not found' }),
  unknownModel: () => azureErrors.ofStatus(404),
  malformedJson: openAiErrors.malformedJson,
  bodyTooLarge: openAiErrors.bodyTooLarge,
  rateLimited,
  promptBlocked: () => azureErrors.ofStatus(400, 'content_filter'),
  ofStatus: (status, code) => {
    const known = code === undefined ? byStatus[status] : byCode[code];
    if (known !== undefined) return new ProviderError(status, known);
    const own = byStatus[status];
    // A code that is not Azure's is OpenAI's, passed on.
    return own === undefined || code !== undefined
      ? openAiErrors.ofStatus(status, code)
      : new ProviderError(status, own);
  },
};

const unitOf: Readonly<Record<Dimension, string>> = {
  rpm: 'call rate limit',
  rpd: 'call rate limit',
  tpm: 'token rate limit',
  inputTpm: 'token rate limit',
  outputTpm: 'token rate limit',
  concurrency: 'concurrent request limit',
};

function rateLimited({ dimension, waitMs }: Refusal, model: string): ProviderError {
  const what = `Your requests to ${model} have exceeded the ${unitOf[dimension]} of your current pricing tier.`;
  const isKnown = waitMs !== undefined && Number.isFinite(waitMs);
  const advice = isKnown ? `Please retry after ${Math.max(1, Math.ceil(waitMs / 1_000))} seconds.` : '';
  const message = `Rate limit is exceeded. ${what} ${advice}`.trim();
  return new ProviderError(429, { type: gateway, code: 'RateLimitReached', message }, waitMs);
}
