/** One row of a provider's table of errors, as a case. */
import type { FailureType } from '../../../../src/errors';
import type { ConformanceCase, Expectation } from '../../case';
import type { TargetName } from '../../targets';

export interface ErrorRow {
  /** Last part of the id. */
  readonly name: string;
  readonly title: string;
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly failure: FailureType;
  /** What `details.code` must be; default: not looked at. */
  readonly code?: string;
  readonly retryAfterMs?: Expectation['retryAfterMs'];
}

/** The simulator sends these very bodies, after it has read and accepted the request. */
export function casesOf(family: string, targets: readonly TargetName[], rows: readonly ErrorRow[]): ConformanceCase[] {
  return rows.map(({ name, title, status, body, headers, failure, code, retryAfterMs }) => ({
    id: `${family}/${name}`,
    title,
    targets,
    simulator: { faults: [{ kind: 'status', status, body, ...(headers === undefined ? {} : { headers }) }] },
    expect: {
      failure,
      details: { status, ...(code === undefined ? {} : { code }) },
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      usage: 'none',
    },
  }));
}
