/** What the batch tier needs beside what all calls need. */
import type { BatchDependencies } from '../activities/batch/batch-dependencies';
import type { ActivityDependencies } from '../activities/ports';
import type { RedisConnection } from '../capacity/redis-connection';
import type { EndpointSettings } from '../contracts/settings';
import { createRedisBatchBoard } from '../journal/redis-batch-board';
import { createRedisBudgetStore } from '../journal/redis-budgets';
import type { BatchProvider } from '../providers/batch-provider';
import { createBatchProvider } from '../providers/create-batch-provider';
import type { TextCipher } from '../security/cipher';
import { apiKeyOf } from './api-key';

/** Providers give a batch up after 24 h, and its results are collected soon after. */
const longestHoldMs = 26 * 3_600_000;

interface BatchParts {
  readonly activities: ActivityDependencies;
  /** The journal's. */
  readonly redis: RedisConnection;
  readonly keyPrefix: string;
  readonly cipher: TextCipher | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

export function createBatches({ activities, redis, keyPrefix, cipher, environment }: BatchParts): BatchDependencies {
  const { journalTtlMs } = activities.settings;
  return {
    ...activities,
    board: createRedisBatchBoard({ redis, keyPrefix, ttlMs: journalTtlMs, ...(cipher && { cipher }) }),
    batchBudgets: createRedisBudgetStore({ redis, keyPrefix, holdMs: longestHoldMs }),
    batchProviderOf: createBatchProviderCache(environment),
  };
}

function createBatchProviderCache(
  environment: NodeJS.ProcessEnv,
): (endpoint: EndpointSettings) => BatchProvider | undefined {
  const providers = new Map<string, BatchProvider | undefined>();
  return (endpoint) => {
    if (!providers.has(endpoint.name)) {
      providers.set(endpoint.name, createBatchProvider({ endpoint, apiKey: apiKeyOf(endpoint, environment) }));
    }
    return providers.get(endpoint.name);
  };
}
