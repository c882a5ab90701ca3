import { failureCatalogue, failureTypes, isFailureType, policyOf } from '../../../src/errors';

/**
 * The whole catalogue, written out: a class that is added, renamed or changes its policy must be changed here too,
 * because its name and its behaviour stand in other people's histories and code.
 */
const table = [
  // type, hop to another endpoint, retried by Temporal, then, what capacity is told
  ['Llm.RateLimited', true, true, 'tier', 'rateLimited'],
  ['Llm.Overloaded', true, true, 'tier', 'failed'],
  ['Llm.ServerError', true, true, 'tier', 'failed'],
  ['Llm.Connection', true, true, 'tier', 'unknown'],
  ['Llm.Timeout', true, true, 'tier', 'unknown'],
  ['Llm.Stalled', true, true, 'tier', 'unknown'],
  ['Llm.Truncated', true, true, 'tier', 'unknown'],
  ['Llm.EmptyResponse', true, true, 'tier', 'failed'],
  ['Llm.QuotaExhausted', true, false, 'tier', 'dead'],
  ['Llm.Authentication', true, false, 'tier', 'dead'],
  ['Llm.BadRequest', false, false, 'fail', 'refused'],
  ['Llm.ModelNotFound', false, false, 'fail', 'refused'],
  ['Llm.ContextTooLong', false, false, 'largerWindow', 'refused'],
  ['Llm.ContentFiltered', false, false, 'fail', 'failed'],
  ['Llm.OutputInvalid', false, false, 'tier', 'failed'],
  ['Llm.OutputCut', false, false, 'tier', 'failed'],
  ['Llm.Unsupported', false, false, 'tier', 'refused'],
  ['Llm.ToolLoop', false, false, 'tier', 'failed'],
  ['Llm.ResumeLost', false, true, 'tier', 'unknown'],
  ['Llm.Cancelled', false, false, 'tier', 'unknown'],
  ['Llm.Internal', false, false, 'fail', 'unknown'],
  ['Capacity.RequestTooLarge', false, false, 'tier', 'refused'],
  ['Capacity.Timeout', false, false, 'tier', 'refused'],
  ['Capacity.Overloaded', false, false, 'tier', 'refused'],
  ['Capacity.StoreUnavailable', false, true, 'tier', 'refused'],
  ['Effect.Conflict', false, false, 'fail', 'refused'],
  ['Batch.Refused', false, false, 'tier', 'refused'],
  ['Budget.Exceeded', false, false, 'tier', 'refused'],
  ['Journal.Unreadable', false, false, 'fail', 'refused'],
  ['Payload.Lost', false, false, 'fail', 'refused'],
  ['Payload.StoreUnavailable', false, true, 'fail', 'refused'],
  ['Payload.TooLarge', false, false, 'fail', 'refused'],
  ['Payload.Unreadable', false, false, 'fail', 'refused'],
  ['Approval.NotWaiting', false, false, 'fail', 'refused'],
  ['Approval.Malformed', false, false, 'fail', 'refused'],
  ['Approval.Stale', false, false, 'fail', 'refused'],
  ['Approval.Forbidden', false, false, 'fail', 'refused'],
  ['Approval.Expired', false, false, 'tier', 'refused'],
  ['Rule.Failed', false, false, 'tier', 'refused'],
  ['Operation.Refused', false, false, 'fail', 'refused'],
  ['Pipeline.InvalidInput', false, false, 'fail', 'refused'],
  ['Pipeline.Unknown', false, false, 'fail', 'refused'],
  ['Pipeline.AlreadyStarted', false, false, 'fail', 'refused'],
  ['Pipeline.NotFound', false, false, 'fail', 'refused'],
  ['Pipeline.Failed', false, false, 'fail', 'refused'],
  ['Pipeline.ItemsFailed', false, false, 'fail', 'refused'],
  ['Pipeline.LoopLimit', false, false, 'fail', 'refused'],
  ['Pipeline.Drifted', false, false, 'fail', 'refused'],
  ['Pipeline.NoDecision', false, false, 'fail', 'refused'],
  ['Config.Invalid', false, false, 'fail', 'refused'],
  ['Service.Unreachable', false, false, 'fail', 'refused'],
] as const;

describe('failureCatalogue', () => {
  test.each(table)('%s: hop %s, retry %s, then %s; capacity is told %s', (type, hop, retry, next, outcome) => {
    expect(policyOf(type)).toMatchObject({ hop, retry, next, outcome });
  });

  test('has no class that is not in this table', () => {
    expect(failureTypes.toSorted()).toEqual(table.map(([type]) => type).toSorted());
  });

  test.each(failureTypes)('%s tells an operator what it means in whole sentences', (type) => {
    expect(failureCatalogue[type].meaning).toMatch(/^[A-Z].{20,}\.$/);
  });

  test('what may be hopped and never retried is what a person has to repair', () => {
    const types = failureTypes.filter((type) => policyOf(type).hop && !policyOf(type).retry);
    expect(types).toEqual(['Llm.QuotaExhausted', 'Llm.Authentication']);
  });
});

describe('isFailureType', () => {
  test.each(['toString', '__proto__', 'constructor', '', 'Llm', undefined, null, 7])(
    'does not take %s for a class',
    (value) => {
      expect(isFailureType(value)).toBe(false);
    },
  );
});
