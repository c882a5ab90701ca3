/**
 * What runs and tenants have spent, kept so that workers cannot overspend together: before a call its worst case is
 * held in every budget it belongs to, or in none; afterwards the real cost takes its place.
 */
import type { SpendLimits } from '../contracts/step';

/** One budget: a run's, or a tenant's of one day or month. */
export interface BudgetRef {
  /** For messages and keys, e.g. `run researchReport:42/…` or `tenant acme 2026-11-21`. */
  readonly id: string;
  readonly limits: SpendLimits;
  /** How long the account is kept after its last use, ms. Longer than its run or period may last. */
  readonly keepMs: number;
}

export interface Spend {
  /** US dollars. */
  readonly usd: number;
  /** Input and output tokens. */
  readonly tokens: number;
}

export interface BudgetHold {
  /** Id of the reservation the call is made under: held once, settled once, whatever is repeated. */
  readonly rid: string;
  /** Whose accounts these are: all that one call is charged to lie together. */
  readonly tenant: string;
  /** None: nothing is watched, and nothing is sent. */
  readonly budgets: readonly BudgetRef[];
  readonly spend: Spend;
}

export type HoldAnswer =
  | {
      readonly kind: 'held';
      /** The least any of the budgets has left in money, this hold taken off. */ readonly remainingUsd?: number;
    }
  /** Nothing was held anywhere. */
  | {
      readonly kind: 'exceeded';
      readonly budget: string;
      readonly unit: 'usd' | 'tokens';
      readonly limit: number;
      readonly spent: number;
      /** Held by other calls that are not settled yet. */
      readonly held: number;
      readonly asked: number;
    };

/**
 * All in one script per operation, which may be sent twice without harm. The limits of a call are those it brings along:
 * changed ones hold at once. Throws `Capacity.StoreUnavailable` when it does not answer: nothing is bought unwatched.
 */
export interface BudgetStore {
  /**
   * A repetition holds nothing more, nor does a rid that was settled. A hold that is neither settled nor released lapses
   * (see `holdMs` of the implementation): it counts as spent, for the call may have been charged. The same rid can be
   * held anew then, and after a release.
   */
  hold(hold: BudgetHold): Promise<HoldAnswer>;
  /**
   * Replaces what was held, lapsed or not, by what the call has cost: in the budgets it was held in, whatever is named
   * now. Spends it in those named where nothing was held, unless `isHeldOnly`. Once per rid.
   */
  settle(hold: BudgetHold, options?: { readonly isHeldOnly?: boolean }): Promise<void>;
  /** The call was not made, or was not charged. Does nothing after `settle`. */
  release(hold: Pick<BudgetHold, 'rid' | 'tenant'>): Promise<void>;
  spent(tenant: string, budgetId: string): Promise<Spend & { readonly held: Spend }>;
}
