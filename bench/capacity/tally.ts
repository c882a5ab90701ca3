/** What a client notes of itself. 429s and use are not among it: those the provider's ledger knows. */

export interface Tally {
  calls: number;
  answered: number;
  /** Callers who gave up. */
  left: number;
  /** Questions to the reservation engine. */
  asks: number;
  /** Starts that were granted. */
  grants: number;
  /** Starts that came later than told, or were told anew. */
  startsLate: number;
  /** Per start: when the call could go out − when it had been told it could, ms. */
  readonly waitErrorsMs: number[];
  /** Per call that was told to come back: when it got a start − when it had first been told to come, ms. */
  readonly returnErrorsMs: number[];
  /** Reservations that were refused because too many wait. */
  overloaded: number;
  /** Ids that were answered `spent`. */
  spent: number;
  /** Calls that ended with neither an answer nor a 429. */
  failed: number;
  /** Answers of the store that did not come in time. */
  storeRetries: number;
}

export function newTally(): Tally {
  return {
    calls: 0,
    answered: 0,
    left: 0,
    asks: 0,
    grants: 0,
    startsLate: 0,
    waitErrorsMs: [],
    returnErrorsMs: [],
    overloaded: 0,
    spent: 0,
    failed: 0,
    storeRetries: 0,
  };
}

export function addTally(to: Tally, from: Tally): void {
  for (const key of [
    'calls',
    'answered',
    'left',
    'asks',
    'grants',
    'startsLate',
    'overloaded',
    'spent',
    'failed',
    'storeRetries',
  ] as const) {
    to[key] += from[key];
  }
  for (const value of from.waitErrorsMs) to.waitErrorsMs.push(value);
  for (const value of from.returnErrorsMs) to.returnErrorsMs.push(value);
}
