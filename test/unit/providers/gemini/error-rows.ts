/** Gemini's errors, each as an error status, alone and in an array, and after HTTP 200 as a chunk and as a body. */
import type { FailureType } from '../../../../src/errors/failure-types';
import { gemini } from '../dialects';
import type { FailureRow } from '../failure-table';
import { status, streaming } from '../wire-server';
import { parts } from './dialect';

interface ErrorBody {
  readonly status: string;
  readonly message?: string;
  readonly details?: readonly unknown[];
}

export const reason = (word: string): unknown => ({
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason: word,
  domain: 'googleapis.com',
});
export const retryIn = (retryDelay: unknown): unknown => ({
  '@type': 'type.googleapis.com/google.rpc.RetryInfo',
  retryDelay,
});
export const quota = (...quotaIds: readonly string[]): unknown => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: quotaIds.map((quotaId) => ({ quotaMetric: 'generativelanguage.googleapis.com/requests', quotaId })),
});

export const perMinute = 'GenerateRequestsPerMinutePerProjectPerModel';
const tokensPerMinute = 'GenerateContentInputTokensPerModelPerMinute-PaidTier1';
export const perDay = 'GenerateRequestsPerDayPerProjectPerModel-FreeTier';
const tooLong = 'The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).';

/** `[HTTP status, error, type, code, retryAfterMs]` */
type Row = readonly [number, ErrorBody, FailureType, string, number?];

const rows: readonly Row[] = [
  [
    429,
    { status: 'RESOURCE_EXHAUSTED', details: [quota(perMinute), retryIn('18s')] },
    'Llm.RateLimited',
    perMinute,
    18_000,
  ],
  [
    429,
    { status: 'RESOURCE_EXHAUSTED', details: [quota(tokensPerMinute), retryIn('0.5s')] },
    'Llm.RateLimited',
    tokensPerMinute,
    500,
  ],
  [
    429,
    { status: 'RESOURCE_EXHAUSTED', details: [retryIn('20.04466179s')] },
    'Llm.RateLimited',
    'RESOURCE_EXHAUSTED',
    20_045,
  ],
  [
    429,
    { status: 'RESOURCE_EXHAUSTED', details: [retryIn('864000s')] },
    'Llm.RateLimited',
    'RESOURCE_EXHAUSTED',
    3_600_000,
  ],
  [429, { status: 'RESOURCE_EXHAUSTED', details: [retryIn('soon')] }, 'Llm.RateLimited', 'RESOURCE_EXHAUSTED'],
  [429, { status: 'RESOURCE_EXHAUSTED', details: [retryIn({})] }, 'Llm.RateLimited', 'RESOURCE_EXHAUSTED'],
  [
    429,
    { status: 'RESOURCE_EXHAUSTED', message: 'Resource has been exhausted (e.g. check quota).' },
    'Llm.RateLimited',
    'RESOURCE_EXHAUSTED',
  ],
  [
    429,
    { status: 'RESOURCE_EXHAUSTED', message: 'Your prepayment credits are depleted. Please go to AI Studio.' },
    'Llm.QuotaExhausted',
    'RESOURCE_EXHAUSTED',
  ],
  [
    429,
    { status: 'RESOURCE_EXHAUSTED', message: 'Your project has exceeded its monthly spending  cap.' },
    'Llm.QuotaExhausted',
    'RESOURCE_EXHAUSTED',
  ],
  [
    429,
    { status: 'RESOURCE_EXHAUSTED', details: [reason('MODEL_CAPACITY_EXHAUSTED')] },
    'Llm.Overloaded',
    'MODEL_CAPACITY_EXHAUSTED',
  ],
  [
    403,
    { status: 'PERMISSION_DENIED', details: [reason('BILLING_DISABLED')] },
    'Llm.QuotaExhausted',
    'BILLING_DISABLED',
  ],
  [503, { status: 'UNAVAILABLE', message: 'The model is overloaded.' }, 'Llm.Overloaded', 'UNAVAILABLE'],
  [500, { status: 'INTERNAL' }, 'Llm.ServerError', 'INTERNAL'],
  [504, { status: 'DEADLINE_EXCEEDED' }, 'Llm.ServerError', 'DEADLINE_EXCEEDED'],
  [499, { status: 'CANCELLED' }, 'Llm.ServerError', 'CANCELLED'],
  [400, { status: 'INVALID_ARGUMENT', details: [reason('API_KEY_INVALID')] }, 'Llm.Authentication', 'API_KEY_INVALID'],
  [401, { status: 'UNAUTHENTICATED' }, 'Llm.Authentication', 'UNAUTHENTICATED'],
  [
    403,
    { status: 'PERMISSION_DENIED', details: [reason('SERVICE_DISABLED')] },
    'Llm.Authentication',
    'SERVICE_DISABLED',
  ],
  [
    400,
    { status: 'FAILED_PRECONDITION', message: 'User location is not supported for the API use.' },
    'Llm.Authentication',
    'FAILED_PRECONDITION',
  ],
  [404, { status: 'NOT_FOUND' }, 'Llm.ModelNotFound', 'NOT_FOUND'],
  [
    400,
    { status: 'INVALID_ARGUMENT', message: 'Invalid JSON payload received.' },
    'Llm.BadRequest',
    'INVALID_ARGUMENT',
  ],
  [400, { status: 'constructor', details: [reason('toString')] }, 'Llm.BadRequest', 'toString'],
  [400, { status: 'INVALID_ARGUMENT', message: tooLong }, 'Llm.ContextTooLong', 'INVALID_ARGUMENT'],
  [
    400,
    {
      status: 'INVALID_ARGUMENT',
      message: 'The input token count is 2000000  but model only SUPPORTS up to 1048576',
    },
    'Llm.ContextTooLong',
    'INVALID_ARGUMENT',
  ],
  [
    400,
    { status: 'INVALID_ARGUMENT', message: 'Request payload size exceeds the limit: 20971520 bytes.' },
    'Llm.ContextTooLong',
    'INVALID_ARGUMENT',
  ],
];

export const bodyOf = (code: number, error: ErrorBody): unknown => ({
  error: { code, message: 'The text of the prompt', ...error },
});

export const statusRows: FailureRow[] = rows.flatMap(([code, error, type, known, retryAfterMs]) => {
  const details = { status: code, code: known, retryAfterMs };
  return [
    { when: `it answers ${code} ${JSON.stringify(error)}`, serve: status(code, bodyOf(code, error)), type, details },
    {
      when: `it answers ${code} with an array of ${JSON.stringify(error)}`,
      serve: status(code, [bodyOf(code, error)]),
      type,
      details,
    },
    {
      when: `a chunk says ${code} ${JSON.stringify(error)}`,
      serve: streaming(gemini.start, parts('{"text": "Hel"}'), `data: ${JSON.stringify(bodyOf(code, error))}\n\n`),
      type,
      details: { ...details, status: undefined, usage: expect.objectContaining({ estimated: true }) as unknown },
    },
    {
      when: `a body sent with 200 says ${code} ${JSON.stringify(error)}`,
      serve: status(200, bodyOf(code, error)),
      type,
      details: { ...details, status: undefined },
    },
  ];
});
