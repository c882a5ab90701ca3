/** Everything that can be made to go wrong: one row for each kind. */

/**
 * When a fault strikes: `connect` before anything is read, `request` when the request is understood but before the
 * limits, `answer` in place of or during the answer of an admitted request, `headers` on whatever is sent, `batch` when a
 * batch has been taken on.
 */
export type FaultPhase = 'connect' | 'request' | 'answer' | 'headers' | 'batch';

export interface FaultRow {
  readonly phase: FaultPhase;
  /** Fields beside `kind`, `endpoint`, `operation`, `count` and `probability`; those with `!` are required. */
  readonly fields: readonly string[];
}

export const faultRows = {
  // Instead of an answer.
  /** An HTTP status with the provider's own body, or any other. A 4xx strikes before the limits. */
  status: { phase: 'answer', fields: ['status!', 'body', 'headers', 'code'] },
  /** A 429 of the provider's own with the time to wait in a certain form. */
  rateLimit: { phase: 'request', fields: ['retryInMs!', 'form', 'code'] },
  /** The connection is reset before anything is read. */
  refuse: { phase: 'connect', fields: [] },
  hangBeforeHeaders: { phase: 'answer', fields: ['forMs'] },
  emptyBody: { phase: 'answer', fields: [] },
  html: { phase: 'answer', fields: ['status'] },
  /** Headers with bytes that HTTP forbids: a client can't parse the response. */
  brokenHeaders: { phase: 'answer', fields: [] },

  // An answer that says something else.
  /** Well-formed, without any content. */
  emptyAnswer: { phase: 'answer', fields: [] },
  /** Ends as complete, but its text is cut. */
  invalidJson: { phase: 'answer', fields: ['text'] },
  /** The text has NUL bytes and lone surrogates in it. */
  oddText: { phase: 'answer', fields: [] },
  /** Cut as if the cap on its output had been reached. */
  maxTokens: { phase: 'answer', fields: [] },
  missingUsage: { phase: 'answer', fields: [] },
  /** Half of the input is reported as cached. */
  cachedInput: { phase: 'answer', fields: [] },
  /** The provider's filter ends the answer half-way. */
  contentFilter: { phase: 'answer', fields: [] },
  /** The provider's filter refuses the prompt, in the provider's own way. */
  promptBlocked: { phase: 'answer', fields: [] },
  /** The model declines. */
  refusal: { phase: 'answer', fields: [] },
  stopReason: { phase: 'answer', fields: ['reason!'] },
  /** The model calls a tool with arguments that are not JSON. */
  invalidToolArguments: { phase: 'answer', fields: ['text'] },
  /** The model calls a tool that nobody declared. */
  unknownTool: { phase: 'answer', fields: [] },
  /** An answer of `bytes`, as fast as it is read. */
  hugeAnswer: { phase: 'answer', fields: ['bytes'] },

  // Something in the answer that does not belong there.
  /** An error of the provider's after its 200: the way it comes in a stream; of a whole answer the body. */
  errorEvent: { phase: 'answer', fields: ['afterChunks', 'code'] },
  /** Responses say that they failed; the same as `errorEvent` in interfaces that know no such thing. */
  failedResponse: { phase: 'answer', fields: ['afterChunks', 'code'] },
  /** One event, or the whole body, is not JSON. */
  malformedEvent: { phase: 'answer', fields: ['afterChunks'] },
  /** Fields nobody has heard of, in every object. */
  unknownFields: { phase: 'answer', fields: [] },
  /** Events of a type nobody has heard of, in a stream. */
  unknownEvents: { phase: 'answer', fields: [] },
  /** The event with the finish reason, and all after it, come twice, in a stream. */
  duplicateEnd: { phase: 'answer', fields: [] },
  /** More text after the event with the finish reason, in a stream. */
  lateDeltas: { phase: 'answer', fields: [] },

  // The answer as it is, on a bad connection.
  cutStream: { phase: 'answer', fields: ['afterChunks', 'how'] },
  slowDrip: { phase: 'answer', fields: ['delayMs'] },
  silence: { phase: 'answer', fields: ['afterChunks', 'pings', 'forMs'] },
  wrongContentType: { phase: 'answer', fields: ['contentType'] },
  /** Line ends are CRLF, in a stream. */
  crlf: { phase: 'answer', fields: [] },
  /** Every byte arrives by itself. */
  splitBytes: { phase: 'answer', fields: [] },
  ratelimitHeaders: { phase: 'headers', fields: ['headers!'] },
  /** Every limit header and every hint how long to wait is absurd: negative, NaN, twice, beyond any number. */
  absurdHeaders: { phase: 'headers', fields: [] },

  // What becomes of a batch.
  /** Its validation ends with `code`, default `invalid_json_line` (OpenAI). */
  batchFailed: { phase: 'batch', fields: ['code', 'line'] },
  /** It expires part-way: what was done until then is in its results. */
  batchExpired: { phase: 'batch', fields: ['share'] },
} as const satisfies Readonly<Record<string, FaultRow>>;

export type FaultKind = keyof typeof faultRows;
export const faultKinds = Object.keys(faultRows) as readonly FaultKind[];
