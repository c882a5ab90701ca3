/** Azure OpenAI: learn.microsoft.com/azure/ai-services/openai (quota, content filter, error codes). */
import { prose } from '../../canaries';
import { ofAzure } from '../../targets';
import { casesOf } from './row';

function body(
  code: string,
  more: { message?: string; innererror?: unknown; param?: string; status?: number } = {},
): unknown {
  return { error: { code, message: prose, ...more } };
}

const filtered = {
  code: 'ResponsibleAIPolicyViolation',
  content_filter_result: {
    hate: { filtered: true, severity: 'high' },
    violence: { filtered: false, severity: 'safe' },
  },
};

export const azureErrors = casesOf('status/azure', ofAzure, [
  {
    name: 'rate-limit',
    title: 'The rate limit of the deployment, with both headers: the one in milliseconds is the exact one.',
    status: 429,
    body: body('429', { message: `Rate limit is exceeded. Try again in 12 seconds. ${prose}` }),
    headers: { 'retry-after': '12', 'retry-after-ms': '11250' },
    failure: 'Llm.RateLimited',
    retryAfterMs: [11_250, 11_250],
  },
  {
    name: 'rate-limit-named',
    title: 'The same with a code in words.',
    status: 429,
    body: body('RateLimitReached'),
    headers: { 'retry-after': '3' },
    failure: 'Llm.RateLimited',
    retryAfterMs: [3_000, 3_000],
  },
  {
    name: 'high-demand',
    title: '429 "high demand" is an overload, not our limit.',
    status: 429,
    body: body('429', {
      message:
        'The service is temporarily unable to process your request because it is experiencing high demand. Please try again.',
    }),
    failure: 'Llm.Overloaded',
  },
  {
    name: 'no-capacity',
    title: '429 `NoCapacity` is an overload, not our limit.',
    status: 429,
    body: body('NoCapacity'),
    failure: 'Llm.Overloaded',
    code: 'NoCapacity',
  },
  {
    name: 'insufficient-quota',
    title: '429 `insufficient_quota` is about money.',
    status: 429,
    body: body('insufficient_quota'),
    failure: 'Llm.QuotaExhausted',
    code: 'insufficient_quota',
  },
  {
    name: 'content-filter',
    title: 'The prompt was filtered.',
    status: 400,
    body: body('content_filter', { param: 'prompt', status: 400, innererror: filtered }),
    failure: 'Llm.ContentFiltered',
    code: 'content_filter',
  },
  {
    name: 'content-filter-inner',
    title: 'The prompt was filtered, and only the inner error says so.',
    status: 400,
    body: body('BadRequest', { innererror: filtered }),
    failure: 'Llm.ContentFiltered',
  },
  {
    name: 'context-length',
    title: 'The input does not fit the context window.',
    status: 400,
    body: body('context_length_exceeded'),
    failure: 'Llm.ContextTooLong',
    code: 'context_length_exceeded',
  },
  {
    name: 'bad-request',
    title: 'Another parameter is wrong.',
    status: 400,
    body: body('BadRequest'),
    failure: 'Llm.BadRequest',
  },
  {
    name: 'deployment-not-found',
    title: 'The deployment does not exist.',
    status: 404,
    body: body('DeploymentNotFound'),
    failure: 'Llm.ModelNotFound',
    code: 'DeploymentNotFound',
  },
  {
    name: 'resource-not-found',
    title: 'The resource or its API version does not exist.',
    status: 404,
    body: body('404', { message: 'Resource not found' }),
    failure: 'Llm.ModelNotFound',
  },
  {
    name: 'wrong-key',
    title: 'The key belongs to another resource.',
    status: 401,
    body: body('401', { message: `Access denied due to invalid subscription key or wrong API endpoint. ${prose}` }),
    failure: 'Llm.Authentication',
  },
  {
    name: 'permission-denied',
    title: 'The key may not use this resource.',
    status: 403,
    body: body('PermissionDenied'),
    failure: 'Llm.Authentication',
    code: 'PermissionDenied',
  },
  {
    name: 'gateway-key',
    title: 'The gateway before it refuses the key, with a body of its own form.',
    status: 401,
    body: { statusCode: 401, message: prose },
    failure: 'Llm.Authentication',
  },
  { name: 'timeout', title: '408: the service gave up.', status: 408, body: body('Timeout'), failure: 'Llm.Timeout' },
  {
    name: 'internal',
    title: '500 of the service.',
    status: 500,
    body: body('InternalServerError'),
    failure: 'Llm.ServerError',
  },
  {
    name: 'unavailable',
    title: '503 of the service.',
    status: 503,
    body: body('ServiceUnavailable'),
    failure: 'Llm.Overloaded',
  },
]);
