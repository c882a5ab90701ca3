/** What can be made to go wrong, as the control API takes it. */
import { InputError, isRecord, readBoolean, readChoice, readNumber, readRecord, readText } from '../read-input';
import type { InputRecord } from '../read-input';

/**
 * When a fault strikes: `connect` before anything is read, `request` when the request is understood but before the
 * limits, `answer` in place of or during the answer of an admitted request, `headers` on whatever is sent.
 */
export type FaultPhase = 'connect' | 'request' | 'answer' | 'headers';

export const faultKinds = [
  'status',
  'refuse',
  'hangBeforeHeaders',
  'cutStream',
  'slowDrip',
  'silence',
  'emptyBody',
  'emptyAnswer',
  'html',
  'invalidJson',
  'missingUsage',
  'contentFilter',
  'refusal',
  'stopReason',
  'errorEvent',
  'ratelimitHeaders',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface FaultInput {
  readonly kind: FaultKind;
  /** Name of an endpoint, or `*`. Default `*`. */
  readonly endpoint?: string;
  /** Strikes this often, then no more. Default: until removed. */
  readonly count?: number;
  /** Strikes each matching request with this probability. Default 1. */
  readonly probability?: number;
  /** `status`: the HTTP status. `html`: default 200. */
  readonly status?: number;
  /** `status`: sent as JSON instead of the provider's own body. */
  readonly body?: unknown;
  /** `status`, `ratelimitHeaders`: set on the response; `null` removes one. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** `status`, `errorEvent`: the provider's own error code, e.g. `insufficient_quota`. */
  readonly code?: string;
  /** `cutStream`, `silence`, `errorEvent`: pieces of the answer sent before. Default 3. */
  readonly afterChunks?: number;
  /** `cutStream`: `destroy` the socket, or `end` the response as if it were complete. Default `destroy`. */
  readonly how?: 'destroy' | 'end';
  /** `slowDrip`: pause before each piece. Default 1,000. */
  readonly delayMs?: number;
  /** `silence`: keep-alive events while silent. Default false. */
  readonly pings?: boolean;
  /** `hangBeforeHeaders`, `silence`: goes on after this time. Default: never. */
  readonly forMs?: number;
  /** `invalidJson`: the text answered. Default: the first half of a valid answer. */
  readonly text?: string;
  /** `stopReason`: the raw finish or stop reason. */
  readonly reason?: string;
}

/** A checked fault. */
export type FaultSpec = FaultInput & { readonly endpoint: string };

type FieldReader = (value: unknown, field: string) => unknown;

const whole = { min: 0, isInteger: true };
const readPossiblyEmptyText: FieldReader = (value, field) => {
  if (typeof value !== 'string') throw new InputError(field, 'expected text');
  return value;
};

const fieldReaders: Readonly<Record<string, FieldReader>> = {
  endpoint: (value, field) => readText(value, field),
  count: (value, field) => readNumber(value, field, { min: 1, isInteger: true }),
  probability: (value, field) => readNumber(value, field, { min: 0, max: 1 }),
  status: (value, field) => readNumber(value, field, { min: 200, max: 599, isInteger: true }),
  body: (value) => value,
  headers: readHeaders,
  code: (value, field) => readText(value, field),
  afterChunks: (value, field) => readNumber(value, field, whole),
  how: (value, field) => readChoice(value, field, ['destroy', 'end']),
  delayMs: (value, field) => readNumber(value, field, { min: 0 }),
  pings: readBoolean,
  forMs: (value, field) => readNumber(value, field, { min: 0 }),
  text: readPossiblyEmptyText,
  reason: (value, field) => readText(value, field),
};

/** Fields of each kind beside `kind`, `endpoint`, `count` and `probability`; those with `!` are required. */
const fieldsOfKind: Readonly<Record<FaultKind, readonly string[]>> = {
  status: ['status!', 'body', 'headers', 'code'],
  refuse: [],
  hangBeforeHeaders: ['forMs'],
  cutStream: ['afterChunks', 'how'],
  slowDrip: ['delayMs'],
  silence: ['afterChunks', 'pings', 'forMs'],
  emptyBody: [],
  emptyAnswer: [],
  html: ['status'],
  invalidJson: ['text'],
  missingUsage: [],
  contentFilter: [],
  refusal: [],
  stopReason: ['reason!'],
  errorEvent: ['afterChunks', 'code'],
  ratelimitHeaders: ['headers!'],
};

/** Throws `InputError`. */
export function readFault(value: unknown): FaultSpec {
  if (!isRecord(value)) throw new InputError('', 'expected a fault as a JSON object');
  const kind = readChoice(value['kind'], 'kind', faultKinds);
  const own = fieldsOfKind[kind].map((field) => ({ name: field.replace('!', ''), isRequired: field.endsWith('!') }));
  const common = ['kind', 'endpoint', 'count', 'probability'];
  const input: InputRecord = readRecord(value, '', [...common, ...own.map((field) => field.name)]);
  const missing = own.find((field) => field.isRequired && input[field.name] === undefined);
  if (missing !== undefined) throw new InputError(missing.name, `required for a fault of kind ${kind}`);
  const checked = Object.entries(input)
    .filter(([field, given]) => field !== 'kind' && given !== undefined)
    .map(([field, given]) => [field, fieldReaders[field]?.(given, field)] as const);
  return { endpoint: '*', ...Object.fromEntries(checked), kind };
}

export function phaseOf(fault: FaultSpec): FaultPhase {
  if (fault.kind === 'refuse') return 'connect';
  if (fault.kind === 'ratelimitHeaders') return 'headers';
  const { kind, status = 500 } = fault;
  // The provider turns a request away before its limits, but breaks only over one that it has taken.
  return kind === 'status' && status >= 400 && status < 500 ? 'request' : 'answer';
}

function readHeaders(value: unknown, field: string): Readonly<Record<string, string | null>> {
  if (!isRecord(value)) throw new InputError(field, 'expected an object of header names and values');
  const entries = Object.entries(value).map(([name, text]) => {
    if (!/^[\w-]+$/.test(name)) throw new InputError(`${field}.${name}`, 'not a header name');
    const isValue = text === null || (typeof text === 'string' && /^[\t\x20-\x7e]*$/.test(text));
    if (!isValue) throw new InputError(`${field}.${name}`, 'expected printable ASCII text, or null to remove it');
    return [name.toLowerCase(), text] as const;
  });
  return Object.fromEntries(entries);
}
