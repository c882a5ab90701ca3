/** What the activities of the batch tier need beside what all calls need. */
import type { EndpointSettings } from '../../contracts/settings';
import { batchPriceOf } from '../../contracts/usage';
import type { BatchBoard } from '../../journal/batch-board';
import type { BudgetStore } from '../../journal/budgets';
import type { BatchProvider } from '../../providers/batch-provider';
import type { ActivityDependencies } from '../ports';
import { endpointsOf } from '../resolve-step';

export interface BatchDependencies extends ActivityDependencies {
  readonly board: BatchBoard;
  /** The same accounts as those of calls, with holds that outlive a batch. */
  readonly batchBudgets: BudgetStore;
  /** Undefined: the endpoint has no batch interface. */
  batchProviderOf(endpoint: EndpointSettings): BatchProvider | undefined;
}

/**
 * What one batch may hold. Below what providers take (50,000 requests and 200 MB at OpenAI, 100,000 and 256 MB at
 * Anthropic): a worker has one batch in memory while it is handed in, and a full batch goes out at once.
 */
export const batchLimits = { questions: 10_000, bytes: 32 * 1024 * 1024 } as const;

export interface BatchEndpoint {
  /** With the prices of a batch. */
  readonly endpoint: EndpointSettings;
  readonly provider: BatchProvider;
}

/** Those endpoints of a pool that take batches, in their order. */
export function batchEndpointsOf(deps: BatchDependencies, pool: string): BatchEndpoint[] {
  return endpointsOf(deps, pool).flatMap((endpoint) => {
    const provider = deps.batchProviderOf(endpoint);
    return provider === undefined ? [] : [{ endpoint: withBatchPrice(endpoint), provider }];
  });
}

function withBatchPrice(endpoint: EndpointSettings): EndpointSettings {
  const { price, priceChanges = [] } = endpoint;
  return {
    ...endpoint,
    price: batchPriceOf(price),
    priceChanges: priceChanges.map(({ since, ...changed }) => ({ since, ...batchPriceOf(changed) })),
  };
}
