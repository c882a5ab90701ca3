/**
 * The failure catalogue. The names stand in histories and in other people's `catch` blocks: never changed, only
 * superseded. One row per class says everything the rest of the code needs to know about it:
 *
 * - `hop`: another endpoint of the pool may be tried at once, inside the same attempt;
 * - `retry`: with no endpoint left, Temporal's own retry policy may try again later;
 * - `next`: what the step does when the tier is spent — `tier` (go down the ladder), `largerWindow` (only to a
 *   strictly larger context window), `fail` (fail fast: every tier would say the same);
 * - `outcome`: what capacity is told (see CallOutcome): a refused call was not charged, an unknown one may have been.
 */
export type NextMove = 'tier' | 'largerWindow' | 'fail';

export interface FailurePolicy {
  readonly hop: boolean;
  readonly retry: boolean;
  readonly next: NextMove;
  readonly outcome: 'failed' | 'rateLimited' | 'refused' | 'unknown' | 'dead';
  /** One sentence for an operator: what it means and what to do. */
  readonly meaning: string;
}

export const failureCatalogue = {
  'Llm.RateLimited': {
    hop: true,
    retry: true,
    next: 'tier',
    outcome: 'rateLimited',
    meaning:
      'The provider answered 429 of the rate class although capacity was reserved. The endpoint pauses for everyone; check its limits in the config.',
  },
  'Llm.Overloaded': {
    hop: true,
    retry: true,
    next: 'tier',
    outcome: 'failed',
    meaning: 'The provider is overloaded (529, 503 or "high demand"). Nothing to do unless it lasts.',
  },
  'Llm.ServerError': { hop: true, retry: true, next: 'tier', outcome: 'failed', meaning: 'The provider answered 5xx.' },
  'Llm.Connection': {
    hop: true,
    retry: true,
    next: 'tier',
    outcome: 'unknown',
    meaning: 'The connection was refused, reset or could not be opened in time.',
  },
  'Llm.Timeout': {
    hop: true,
    retry: true,
    next: 'tier',
    outcome: 'unknown',
    meaning: 'No first token, or the whole call took longer than its timer allows.',
  },
  'Llm.Stalled': {
    hop: true,
    retry: true,
    next: 'tier',
    outcome: 'unknown',
    meaning: 'The stream fell silent for longer than the idle timer.',
  },
  'Llm.Truncated': {
    hop: true,
    retry: true,
    next: 'tier',
    outcome: 'unknown',
    meaning: 'The stream or body ended before the answer was complete.',
  },
  'Llm.EmptyResponse': {
    hop: true,
    retry: true,
    next: 'tier',
    outcome: 'failed',
    meaning: 'The provider answered 200 without content.',
  },
  'Llm.QuotaExhausted': {
    hop: true,
    retry: false,
    next: 'tier',
    outcome: 'dead',
    meaning: 'Money or a daily quota is used up. The endpoint is closed until it resets; top up or raise the quota.',
  },
  'Llm.Authentication': {
    hop: true,
    retry: false,
    next: 'tier',
    outcome: 'dead',
    meaning: 'The key was refused (401, 403). Check the environment variable named in apiKeyEnv.',
  },
  'Llm.BadRequest': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'refused',
    meaning: 'The provider refused the request (400, 422): the prompt, schema or parameters are wrong.',
  },
  'Llm.ModelNotFound': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'refused',
    meaning: 'The provider does not know the model or deployment (404). Check model and deployment in the config.',
  },
  'Llm.ContextTooLong': {
    hop: false,
    retry: false,
    next: 'largerWindow',
    outcome: 'refused',
    meaning: "The request does not fit the model's context window.",
  },
  'Llm.ContentFiltered': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'failed',
    meaning:
      "The provider's content policy refused the request or the answer. It is never sent to another model by accident.",
  },
  'Llm.OutputInvalid': {
    hop: false,
    retry: false,
    next: 'tier',
    outcome: 'failed',
    meaning: "The answer does not match the step's schema, also after one repair.",
  },
  'Llm.Cancelled': {
    hop: false,
    retry: false,
    next: 'tier',
    outcome: 'unknown',
    meaning:
      'Somebody cancelled or terminated this tier or its call, but not the run: the step goes on with the next tier.',
  },
  'Llm.Internal': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'unknown',
    meaning: 'A defect of Holdfast itself. Report it with the workflow id.',
  },
  'Capacity.RequestTooLarge': {
    hop: false,
    retry: false,
    next: 'tier',
    outcome: 'refused',
    meaning:
      'No endpoint of the pool can ever admit a request of this size. Raise the limit or make the request smaller.',
  },
  'Capacity.Timeout': {
    hop: false,
    retry: false,
    next: 'tier',
    outcome: 'refused',
    meaning: 'No capacity becomes free within the time the step has left.',
  },
  'Capacity.Overloaded': {
    hop: false,
    retry: false,
    next: 'tier',
    outcome: 'refused',
    meaning:
      "The pool's queue is past its `overload`: the step, or a new run, is refused at once and told the expected wait. Or the retry budget of the pool is used up. Try again later, or raise the limit.",
  },
  'Capacity.StoreUnavailable': {
    hop: false,
    retry: true,
    next: 'tier',
    outcome: 'refused',
    meaning:
      "Redis does not answer. By the pool's `onStoreDown`, calls go on at a paced share of the limits (`localShare`) or wait until it does (`wait`); none goes out unlimited.",
  },
  'Approval.NotWaiting': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'refused',
    meaning: 'No approval of this name waits for a decision.',
  },
  'Approval.Malformed': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'refused',
    meaning: 'The decision is not of the expected form.',
  },
  'Pipeline.InvalidInput': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'refused',
    meaning: 'The input of the pipeline is missing a field or has one of the wrong type.',
  },
  'Pipeline.Unknown': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'refused',
    meaning: 'No pipeline of this name is known.',
  },
  'Pipeline.AlreadyStarted': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'refused',
    meaning: 'A run with this id is open and was started with other input.',
  },
  'Pipeline.NotFound': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'refused',
    meaning: 'There is no run with this id, or it is closed already.',
  },
  'Pipeline.Failed': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'refused',
    meaning: 'The pipeline ended with a failure; its type and message say which.',
  },
  'Config.Invalid': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'refused',
    meaning: 'The configuration is wrong; the message names file, path and value.',
  },
  'Service.Unreachable': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'refused',
    meaning: 'Temporal or Redis cannot be reached at the given address.',
  },
} as const satisfies Record<string, FailurePolicy>;

export type FailureType = keyof typeof failureCatalogue;

export const failureTypes = Object.keys(failureCatalogue) as FailureType[];

export function isFailureType(value: unknown): value is FailureType {
  return typeof value === 'string' && Object.hasOwn(failureCatalogue, value);
}

export function policyOf(type: FailureType): FailurePolicy {
  return failureCatalogue[type];
}
