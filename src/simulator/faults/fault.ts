/** A fault as the control API takes it. */
import { InputError, isRecord, readBoolean, readChoice, readNumber, readRecord, readText } from '../read-input';
import type { InputRecord } from '../read-input';
import { faultKinds, faultRows } from './fault-kinds';
import type { FaultKind, FaultPhase, FaultRow } from './fault-kinds';
import { batchOperations } from '../wire/provider';
import { retryForms } from './retry-form';
import type { RetryForm } from './retry-form';

/**
 * What a fault can strike: calls, requests that fetch or follow a background response, requests about batches and their
 * files, and the calls within a batch (`batchItem`).
 */
const struckOperations = ['create', 'retrieve', ...batchOperations, 'batchItem'] as const;
export type StruckOperation = (typeof struckOperations)[number];

/** A list sets a header more than once; `null` removes it. */
export type HeaderValue = string | readonly string[] | null;

export interface FaultInput {
  readonly kind: FaultKind;
  /** Name of an endpoint, or `*`. Default `*`. */
  readonly endpoint?: string;
  /** Default `create`, for what happens to a batch `submitBatch`. */
  readonly operation?: StruckOperation;
  /** Strikes this often, then no more. Default: until removed. */
  readonly count?: number;
  /** Strikes each matching request with this probability. Default 1. */
  readonly probability?: number;
  /** `status`: the HTTP status. `html`: default 200. */
  readonly status?: number;
  /** `status`: sent as JSON instead of the provider's own body; text as it is. */
  readonly body?: unknown;
  /** `status`, `ratelimitHeaders`: set on the response. */
  readonly headers?: Readonly<Record<string, HeaderValue>>;
  /** `status`, `rateLimit`, `errorEvent`, `failedResponse`: the provider's own error code, e.g. `insufficient_quota`. */
  readonly code?: string;
  /** `rateLimit`: when the request would be let in. */
  readonly retryInMs?: number;
  /** `rateLimit`: how that is said. Default the provider's own way. */
  readonly form?: RetryForm;
  /** Of faults that break in: pieces of the answer sent before. Default 3. */
  readonly afterChunks?: number;
  /** `cutStream`: `destroy` the socket, or `end` the response as if it were complete. Default `destroy`. */
  readonly how?: 'destroy' | 'end';
  /** `slowDrip`: pause before each piece. Default 1,000. */
  readonly delayMs?: number;
  /** `silence`: keep-alive events while silent. Default false. */
  readonly pings?: boolean;
  /** `hangBeforeHeaders`, `silence`: goes on after this time. Default: never. */
  readonly forMs?: number;
  /** `invalidJson`: the text answered. Default: the first half of a valid answer. `invalidToolArguments`: the arguments. */
  readonly text?: string;
  /** `stopReason`: the raw finish or stop reason. */
  readonly reason?: string;
  /** `wrongContentType`: default `text/plain`. */
  readonly contentType?: string;
  /** `hugeAnswer`: default 104,857,600. */
  readonly bytes?: number;
  /** `batchFailed`: the input's line that is at fault. Default: none. */
  readonly line?: number;
  /** `batchExpired`: share of the requests that are done before. Default 0.5. */
  readonly share?: number;
}

/** A checked fault. */
export type FaultSpec = FaultInput & { readonly endpoint: string; readonly operation: StruckOperation };

type FieldReader = (value: unknown, field: string) => unknown;

const whole = { min: 0, isInteger: true };
const readPossiblyEmptyText: FieldReader = (value, field) => {
  if (typeof value !== 'string') throw new InputError(field, 'expected text');
  return value;
};

const fieldReaders: Readonly<Record<string, FieldReader>> = {
  endpoint: (value, field) => readText(value, field),
  operation: (value, field) => readChoice(value, field, struckOperations),
  count: (value, field) => readNumber(value, field, { min: 1, isInteger: true }),
  probability: (value, field) => readNumber(value, field, { min: 0, max: 1 }),
  status: (value, field) => readNumber(value, field, { min: 200, max: 599, isInteger: true }),
  body: (value) => value,
  headers: readHeaders,
  code: (value, field) => readText(value, field),
  retryInMs: (value, field) => readNumber(value, field, { min: 0 }),
  form: (value, field) => readChoice(value, field, retryForms),
  afterChunks: (value, field) => readNumber(value, field, whole),
  how: (value, field) => readChoice(value, field, ['destroy', 'end']),
  delayMs: (value, field) => readNumber(value, field, { min: 0 }),
  pings: readBoolean,
  forMs: (value, field) => readNumber(value, field, { min: 0 }),
  text: readPossiblyEmptyText,
  reason: (value, field) => readText(value, field),
  contentType: (value, field) => readText(value, field),
  bytes: (value, field) => readNumber(value, field, { min: 1, isInteger: true }),
  line: (value, field) => readNumber(value, field, { min: 1, isInteger: true }),
  share: (value, field) => readNumber(value, field, { min: 0, max: 1 }),
};

/** Throws `InputError`. */
export function readFault(value: unknown): FaultSpec {
  if (!isRecord(value)) throw new InputError('', 'expected a fault as a JSON object');
  const kind = readChoice(value['kind'], 'kind', faultKinds);
  const row: FaultRow = faultRows[kind];
  const own = row.fields.map((field) => ({ name: field.replace('!', ''), isRequired: field.endsWith('!') }));
  const common = ['kind', 'endpoint', 'operation', 'count', 'probability'];
  const input: InputRecord = readRecord(value, '', [...common, ...own.map((field) => field.name)]);
  const missing = own.find((field) => field.isRequired && input[field.name] === undefined);
  if (missing !== undefined) throw new InputError(missing.name, `required for a fault of kind ${kind}`);
  const checked = Object.entries(input)
    .filter(([field, given]) => field !== 'kind' && given !== undefined)
    .map(([field, given]) => [field, fieldReaders[field]?.(given, field)] as const);
  const operation = row.phase === 'batch' ? 'submitBatch' : 'create';
  return { endpoint: '*', operation, ...Object.fromEntries(checked), kind };
}

export function phaseOf({ kind, status = 500 }: FaultSpec): FaultPhase {
  // The provider turns a request away before its limits, but breaks only over one that it has taken.
  if (kind === 'status' && status >= 400 && status < 500) return 'request';
  return faultRows[kind].phase;
}

function readHeaders(value: unknown, field: string): Record<string, HeaderValue> {
  if (!isRecord(value)) throw new InputError(field, 'expected an object of header names and values');
  const entries = Object.entries(value).map(([name, given]) => {
    if (!/^[\w-]+$/.test(name)) throw new InputError(`${field}.${name}`, 'not a header name');
    const values: readonly unknown[] = Array.isArray(given) ? given : [given];
    const isValue = values.every((text) => typeof text === 'string' && /^[\t\x20-\x7e\x80-\xff]*$/.test(text));
    if (given !== null && !isValue) {
      throw new InputError(`${field}.${name}`, 'expected printable text, a list of such, or null to remove it');
    }
    return [name.toLowerCase(), given as HeaderValue] as const;
  });
  return Object.fromEntries(entries);
}
