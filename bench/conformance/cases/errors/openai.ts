/** https://developers.openai.com/api/docs/guides/error-codes, and what servers make of it that only speak the format. */
import { prose } from '../../canaries';
import { casesOf } from './row';
import { ofOpenAi } from '../../targets';
import type { ErrorRow } from './row';

function body(
  type: string,
  code: string | number | null = null,
  more: { message?: string; param?: string } = {},
): unknown {
  const { message = prose, param = null } = more;
  return { error: { message, type, param, code } };
}

const tryAgain = { 'retry-after': '7' };

export const openAiErrors = casesOf('status/openai', ofOpenAi, [
  ...limits(),
  ...money(),
  ...requests(),
  ...keysAndModels(),
]);

function limits(): ErrorRow[] {
  return [
    {
      name: 'rate-limit-exceeded',
      title: 'Requests or tokens per minute are used up: a wait helps.',
      status: 429,
      body: body('tokens', 'rate_limit_exceeded'),
      headers: tryAgain,
      failure: 'Llm.RateLimited',
      code: 'rate_limit_exceeded',
      retryAfterMs: [7_000, 7_000],
    },
    {
      name: 'rate-limit-without-code',
      title: 'So they are without a code and without a hint.',
      status: 429,
      body: body('requests'),
      failure: 'Llm.RateLimited',
      retryAfterMs: 'none',
    },
    {
      name: 'slow-down',
      title: 'Traffic grew too fast (`slow_down`): a rate limit, not an outage.',
      status: 429,
      body: body('requests', 'slow_down'),
      headers: tryAgain,
      failure: 'Llm.RateLimited',
      code: 'slow_down',
      retryAfterMs: [7_000, 7_000],
    },
    {
      name: 'overloaded',
      title: '503 `server_is_overloaded`: another endpoint may not be.',
      status: 503,
      body: body('service_unavailable_error', 'server_is_overloaded'),
      failure: 'Llm.Overloaded',
      code: 'server_is_overloaded',
    },
    {
      name: 'engine-error',
      title: '500 with its own type and nothing more.',
      status: 500,
      body: body('server_error'),
      failure: 'Llm.ServerError',
    },
    {
      name: 'bad-gateway',
      title: '502 with a JSON body that is not an error.',
      status: 502,
      body: { message: prose },
      failure: 'Llm.ServerError',
    },
  ];
}

/** The 429s that no wait can cure. */
function money(): ErrorRow[] {
  const codes = [
    'insufficient_quota',
    'credit_balance_exhausted',
    'organization_usage_limit_exceeded',
    'organization_spend_limit_exceeded',
    'project_spend_limit_exceeded',
    'billing_hard_limit_reached',
  ];
  return [
    ...codes.map((code) => ({
      name: code.replaceAll('_', '-'),
      title: `429 \`${code}\` is about money: it is never retried, and the endpoint is closed.`,
      status: 429,
      body: body('insufficient_quota', code),
      failure: 'Llm.QuotaExhausted' as const,
      code,
    })),
    {
      name: 'quota-type-alone',
      title: 'The type `insufficient_quota` says as much, with a code that nobody knows yet.',
      status: 429,
      body: body('insufficient_quota', 'brand_new_limit'),
      failure: 'Llm.QuotaExhausted',
    },
    {
      name: 'billing-not-active',
      title: '429 `billing_not_active`.',
      status: 429,
      body: body('billing_not_active', 'billing_not_active'),
      failure: 'Llm.QuotaExhausted',
    },
  ];
}

function requests(): ErrorRow[] {
  const invalid = 'invalid_request_error';
  return [
    {
      name: 'context-length',
      title: 'The input does not fit the context window.',
      status: 400,
      body: body(invalid, 'context_length_exceeded', { param: 'messages' }),
      failure: 'Llm.ContextTooLong',
      code: 'context_length_exceeded',
    },
    {
      name: 'content-policy',
      title: 'The prompt violates the content policy.',
      status: 400,
      body: body(invalid, 'content_policy_violation'),
      failure: 'Llm.ContentFiltered',
      code: 'content_policy_violation',
    },
    {
      name: 'invalid-prompt',
      title: '`invalid_prompt` is the usage policy, whatever its name says.',
      status: 400,
      body: body(invalid, 'invalid_prompt'),
      failure: 'Llm.ContentFiltered',
      code: 'invalid_prompt',
    },
    {
      name: 'unsupported-value',
      title: 'A parameter that the model refuses: the request is wrong at every endpoint.',
      status: 400,
      body: body(invalid, 'unsupported_value', { param: 'temperature' }),
      failure: 'Llm.BadRequest',
      code: 'unsupported_value',
    },
    {
      name: 'unsupported-parameter',
      title: 'A parameter that the model does not know.',
      status: 400,
      body: body(invalid, 'unsupported_parameter', { param: 'max_tokens' }),
      failure: 'Llm.BadRequest',
      code: 'unsupported_parameter',
    },
    {
      name: 'invalid-schema',
      title: 'A schema that strict mode does not take.',
      status: 400,
      body: body(invalid, 'invalid_json_schema', { param: 'response_format' }),
      failure: 'Llm.BadRequest',
      code: 'invalid_json_schema',
    },
    { name: 'unprocessable', title: '422.', status: 422, body: body(invalid), failure: 'Llm.BadRequest' },
    {
      name: 'too-large',
      title: '413: the body is too large.',
      status: 413,
      body: body(invalid, 'request_too_large'),
      failure: 'Llm.ContextTooLong',
    },
  ];
}

function keysAndModels(): ErrorRow[] {
  const invalid = 'invalid_request_error';
  return [
    {
      name: 'invalid-key',
      title: 'A wrong key, of which the provider repeats a part: none of it is shown.',
      status: 401,
      body: body(invalid, 'invalid_api_key', {
        message: 'Incorrect API key provided: sk-conformance-quince-90517324. tamarind-4482',
      }),
      failure: 'Llm.Authentication',
      code: 'invalid_api_key',
    },
    {
      name: 'country',
      title: '403: the country is not served.',
      status: 403,
      body: body(invalid, 'unsupported_country_region_territory'),
      failure: 'Llm.Authentication',
    },
    {
      name: 'model-not-found',
      title: 'The model does not exist, or not for this key.',
      status: 404,
      body: body(invalid, 'model_not_found'),
      failure: 'Llm.ModelNotFound',
      code: 'model_not_found',
    },
    {
      name: 'unknown-url',
      title: '404 for a path that is not there: the base URL is wrong.',
      status: 404,
      body: body(invalid, null, { message: 'Invalid URL (POST /v1/chat/completion)' }),
      failure: 'Llm.ModelNotFound',
    },
  ];
}

export const compatibleErrors = casesOf(
  'status/compatible',
  ['openai-compatible'],
  [
    {
      name: 'status-as-code',
      title: 'The status stands in the code as well, as vLLM has it.',
      status: 400,
      body: { object: 'error', message: prose, type: 'BadRequestError', param: null, code: 400 },
      failure: 'Llm.BadRequest',
    },
    {
      name: 'context-in-prose',
      title: 'A context window that is too small is told in prose alone, as vLLM does.',
      status: 400,
      body: body('BadRequestError', 400, { message: `This model's maximum context length is 4096 tokens. ${prose}` }),
      failure: 'Llm.ContextTooLong',
    },
    {
      name: 'context-typographic',
      title: 'So it does with a typographic apostrophe and line ends in the sentence.',
      status: 400,
      body: body('BadRequestError', 400, { message: `This model’s  maximum\ncontext length is 4096 tokens.` }),
      failure: 'Llm.ContextTooLong',
    },
    {
      name: 'not-found',
      title: 'The server (vLLM) does not serve the model.',
      status: 404,
      body: body('NotFoundError', 404),
      failure: 'Llm.ModelNotFound',
    },
    {
      name: 'error-as-text',
      title: 'Ollama puts a text where others have an object.',
      status: 404,
      body: { error: `model "llama" not found, try pulling it first. ${prose}` },
      failure: 'Llm.ModelNotFound',
    },
    {
      name: 'detail-list',
      title: 'FastAPI answers 422 with a list of details.',
      status: 422,
      body: { detail: [{ loc: ['body', 'messages'], msg: prose }] },
      failure: 'Llm.BadRequest',
    },
    {
      name: 'engine-dead',
      title: 'The engine behind the server has died.',
      status: 500,
      body: body('InternalServerError', 500, { message: 'EngineDeadError' }),
      failure: 'Llm.ServerError',
    },
  ],
);
