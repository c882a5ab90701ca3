/** The classes of what is ours: capacity, budgets, the stores, approvals, pipelines and their settings. */
import type { FailurePolicy } from './failure-policy';

export const ownFailures = {
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
  'Batch.Refused': {
    hop: false,
    retry: false,
    next: 'tier',
    outcome: 'refused',
    meaning:
      "No endpoint of the pool took the batch a question was in, or the one that did refused it when it checked it: nothing was run. `details.code` is the provider's own word for it.",
  },
  'Budget.Exceeded': {
    hop: false,
    retry: false,
    next: 'tier',
    outcome: 'refused',
    meaning:
      'The worst case of the call would go over a budget of the run or of its tenant: nothing was sent. A cheaper tier is tried; raise the budget, or wait for the next day or month of the tenant.',
  },
  'Journal.Unreadable': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'refused',
    meaning:
      'An entry of the journal cannot be read: no key of `HOLDFAST_JOURNAL_KEYS` opens it, it is in plain text although keys are set, or it was changed or damaged. Nothing was sent, because the answer may have been paid for. Put the key that wrote it back.',
  },
  'Payload.Lost': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'refused',
    meaning:
      'A payload that history only refers to is not in the payload store, or is damaged there; the message names it. A run that needs it waits until it is back.',
  },
  'Payload.StoreUnavailable': {
    hop: false,
    retry: true,
    next: 'fail',
    outcome: 'refused',
    meaning: 'The payload store of `HOLDFAST_PAYLOADS` does not work at the moment. Runs go on when it does.',
  },
  'Payload.TooLarge': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'refused',
    meaning: 'A payload is larger than the payload store takes. Keep the value elsewhere and pass its address.',
  },
  'Payload.Unreadable': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'refused',
    meaning:
      'No key of `HOLDFAST_PAYLOAD_KEYS` opens a payload, it belongs to another run, or it is in plain text although keys are set. The message says which.',
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
  'Approval.Stale': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'refused',
    meaning:
      'The decision is about something else than what waits: the content was edited in between, or the same name is asked anew. Look again, then decide.',
  },
  'Approval.Forbidden': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'refused',
    meaning:
      'Who decides may not: they lack the role, started the run themselves, or their token is missing, forged, expired or of another question.',
  },
  'Effect.Conflict': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'refused',
    meaning:
      'A side effect was asked for under an idempotency key that has already done something else, e.g. after a reset to code that asks for other values. Nothing was done. Give the new effect a key of its own.',
  },
  'Approval.Expired': {
    hop: false,
    retry: false,
    next: 'tier',
    outcome: 'refused',
    meaning: 'Nobody has answered the question of a human tier by its deadline.',
  },
  'Rule.Failed': {
    hop: false,
    retry: false,
    next: 'tier',
    outcome: 'refused',
    meaning: 'The activity of a rule tier failed, also after its retries; the message is its own.',
  },
  'Operation.Refused': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'refused',
    meaning: 'An operation names no parked step of the run, or is not of the expected form; the message says what is.',
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
    meaning: 'A run with this id is open and was started with other input or another budget.',
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
  'Pipeline.ItemsFailed': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'refused',
    meaning:
      'More items of an `each` failed than it tolerates. The message says how many; the details have the first failures.',
  },
  'Pipeline.LoopLimit': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'refused',
    meaning:
      'A cap against loops that never end was reached: turns, tokens, money or time of a `guard`, or the history of the run. The message says which.',
  },
  'Pipeline.Drifted': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'refused',
    meaning:
      'A turn of a guarded loop strayed from its task by more than its limit, and the loop stops there or a person said so. The message has turn and score.',
  },
  'Pipeline.NoDecision': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'refused',
    meaning:
      'Too few members of an `ensemble` have answered, or their votes are equal and nothing breaks the tie. The message says who failed why.',
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
