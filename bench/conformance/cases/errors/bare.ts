/** Statuses without a body that says more, such as a proxy or a gateway sends them. */
import type { FailureType } from '../../../../src/errors';
import type { ConformanceCase } from '../../case';
import { reply } from '../../sources/wire-handlers';
import { all } from '../../targets';

const typeOfStatus: readonly (readonly [number, FailureType])[] = [
  [400, 'Llm.BadRequest'],
  [401, 'Llm.Authentication'],
  [402, 'Llm.QuotaExhausted'],
  [403, 'Llm.Authentication'],
  [404, 'Llm.ModelNotFound'],
  [405, 'Llm.BadRequest'],
  [408, 'Llm.Timeout'],
  [409, 'Llm.ServerError'],
  [413, 'Llm.ContextTooLong'],
  [418, 'Llm.BadRequest'],
  [422, 'Llm.BadRequest'],
  [429, 'Llm.RateLimited'],
  [451, 'Llm.BadRequest'],
  [500, 'Llm.ServerError'],
  [502, 'Llm.ServerError'],
  [503, 'Llm.Overloaded'],
  [504, 'Llm.ServerError'],
  [524, 'Llm.ServerError'],
  [529, 'Llm.Overloaded'],
  [599, 'Llm.ServerError'],
];

const redirects = [301, 302, 303, 307, 308];

export const bareStatusCases: readonly ConformanceCase[] = [
  ...typeOfStatus.map(([status, failure]): ConformanceCase => ({
    id: `status/bare-${status}`,
    title: `A proxy answers ${status} with a page of its own.`,
    targets: all,
    wire: () => reply(status, '<html><body>sorry</body></html>'),
    expect: { failure, details: { status }, usage: 'none' },
  })),
  ...redirects.map((status): ConformanceCase => ({
    id: `status/redirect-${status}`,
    title: `A redirect (${status}) is never followed: the key goes to the configured host only.`,
    targets: all,
    wire: () => reply(status, '', { location: '/elsewhere' }),
    expect: { failure: 'Llm.ServerError', details: { status } },
  })),
];
