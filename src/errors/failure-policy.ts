/** What one row of the failure catalogue says. */
export type NextMove = 'tier' | 'largerWindow' | 'fail';

export interface FailurePolicy {
  readonly hop: boolean;
  readonly retry: boolean;
  readonly next: NextMove;
  readonly outcome: 'failed' | 'rateLimited' | 'refused' | 'unknown' | 'dead';
  /** One sentence for an operator: what it means and what to do. */
  readonly meaning: string;
}
