/** Constructs what activities need. Nothing else in Holdfast makes a client of anything. */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Runtime } from '@temporalio/worker';
import type { BatchDependencies } from '../activities/batch/batch-dependencies';
import type { ActivityDependencies } from '../activities/ports';
import type { BulkDependencies } from '../activities/bulk-activities';
import type { DocumentDependencies } from '../activities/document-activities';
import { createCostEstimator } from '../capacity/estimate';
import { announceWorker } from '../capacity/live-workers';
import { poolGroupsOf } from '../capacity/pool-groups';
import { createRedisConnection } from '../capacity/redis-connection';
import type { RedisConnection } from '../capacity/redis-connection';
import { createRedisCapacityStore } from '../capacity/redis-store';
import type { CapacityStore } from '../capacity/store';
import { withStorePolicy } from '../capacity/with-store-policy';
import { loadDeclaredSettings } from './declared-settings';
import type { EndpointSettings, Settings } from '../contracts/settings';
import type { SizeLimits } from '../contracts/size-limits';
import { createItemSource, createPdfReportRenderer, createResultFiles, createSourceReader } from '../documents';
import { createDegradedFlags } from '../journal/degraded-flags';
import { createOverloadBoard } from '../journal/overload-board';
import { createRedisAnswerCache } from '../journal/redis-answer-cache';
import { createRedisBudgetStore } from '../journal/redis-budgets';
import { createRedisJournal } from '../journal/redis-journal';
import { createRedisStreamLog } from '../journal/redis-stream-log';
import { createProvider } from '../providers/create-provider';
import type { Provider } from '../providers/provider';
import { readJournalCipher } from '../security/cipher';
import type { TextCipher } from '../security/cipher';
import { apiKeyOf } from './api-key';
import { createBatches } from './create-batches';
import { createCrashPoint } from './crash-points';
import { readDefinitions } from './read-definitions';
import type { OwnSchemas } from './read-definitions';
import type { WorkerEnvironment } from './worker-environment';

export interface Dependencies {
  readonly settings: Settings;
  readonly activities: ActivityDependencies;
  readonly batches: BatchDependencies;
  readonly documents: DocumentDependencies;
  readonly bulk: BulkDependencies;
  close(): Promise<void>;
}

/** Throws one typed error, before anything is started, when configuration, prompts or Redis are not as they must be. */
export async function createDependencies(
  from: WorkerEnvironment,
  environment: NodeJS.ProcessEnv,
  { sizeLimits, schemas: own }: { readonly sizeLimits: SizeLimits; readonly schemas?: OwnSchemas },
): Promise<Dependencies> {
  const { settings, prompts, schemas } = readDefinitions(from, environment, own);
  const cipher = readJournalCipher(environment);
  const crashPoint = createCrashPoint(environment['HOLDFAST_CRASH_POINT']);
  await mkdir(from.outputDirectory, { recursive: true });
  const redis = await createRedisConnection(from.redisUrl, { role: 'capacity' });
  const journalRedis = await createRedisConnection(from.journalRedisUrl, { role: 'journal' });
  // It stands in history twice a step, so it is short: 48 bits tell a few thousand workers apart.
  const process = randomBytes(6).toString('base64url');
  const capacity = openStore({ redis, settings, keyPrefix: from.keyPrefix, process, configFile: from.configFile });
  const activities: ActivityDependencies = {
    settings,
    sizeLimits,
    prompts,
    schemas,
    crashPoint,
    store: capacity.store,
    ...openJournal({ redis: journalRedis, settings, keyPrefix: from.keyPrefix, cipher }),
    overloads: createOverloadBoard({ redis, keyPrefix: from.keyPrefix }),
    degraded: createDegradedFlags({ redis: journalRedis, keyPrefix: from.keyPrefix }),
    estimator: createCostEstimator(Object.values(settings.endpoints)),
    providerOf: createProviderCache(environment),
    random: Math.random,
    process,
  };
  const { keyPrefix } = from;
  return {
    settings,
    activities,
    batches: createBatches({ activities, redis: journalRedis, keyPrefix, cipher, environment }),
    documents: {
      sources: createSourceReader({ documentsDirectory: from.documentsDirectory }),
      renderer: createPdfReportRenderer(),
      reportPathOf: (workflowId) => join(from.outputDirectory, `${fileNameOf(workflowId)}.pdf`),
      crashPoint,
    },
    bulk: {
      items: createItemSource({ documentsDirectory: from.documentsDirectory }),
      results: createResultFiles({ outputDirectory: from.outputDirectory }),
      crashPoint,
    },
    close: async () => {
      await capacity.close();
      await closeAll([redis, journalRedis]);
    },
  };
}

interface JournalParts {
  readonly redis: RedisConnection;
  readonly settings: Settings;
  readonly keyPrefix: string;
  /** Without, everything is kept in plain text. */
  readonly cipher: TextCipher | undefined;
}

/** What must outlive the capacity store: answers, accounts, and, because readers know its address, texts as they are written. */
function openJournal({
  redis,
  settings,
  keyPrefix,
  cipher,
}: JournalParts): Pick<ActivityDependencies, 'journal' | 'budgets' | 'answers' | 'streams'> {
  const sealed = { redis, keyPrefix, ...(cipher && { cipher }) };
  return {
    journal: createRedisJournal({ ...sealed, ttlMs: settings.journalTtlMs }),
    budgets: createRedisBudgetStore({ redis, keyPrefix, holdMs: longestHoldMs(settings) }),
    answers: createRedisAnswerCache({ ...sealed, warn }),
    streams: createRedisStreamLog(sealed),
  };
}

/** No call may outlive its hold, or its worst case would count beside its cost. */
function longestHoldMs({ steps, embeddings }: Settings): number {
  const calls = [...Object.values(steps), ...Object.values(embeddings)];
  return Math.max(15 * 60_000, ...calls.map(({ timeouts }) => 2 * timeouts.callMs));
}

interface StoreParts {
  readonly redis: RedisConnection;
  readonly settings: Settings;
  readonly keyPrefix: string;
  /** Identity of this process. */
  readonly process: string;
  readonly configFile: string;
}

/** The store of all workers, and what this one does while it does not answer. */
function openStore(parts: StoreParts): { readonly store: CapacityStore; close(): Promise<void> } {
  const { redis, settings, keyPrefix, process, configFile } = parts;
  const { pools, capacity } = settings;
  // Pools that share a quota share one slot of a Redis Cluster; the others spread over it. By the file, not by the keys
  // of this machine: workers with other keys must find the same ledger.
  const groups = poolGroupsOf(loadDeclaredSettings(configFile));
  const groupOfPool = (pool: string): string => groups.get(pool) ?? pool;
  const workers = announceWorker({ redis, keyPrefix, id: process });
  const store = withStorePolicy(createRedisCapacityStore({ redis, keyPrefix, capacity, groupOfPool, warn }), {
    pools,
    capacity,
    liveWorkers: () => workers.count(),
    onChange: (pool, error) =>
      warn(
        error === undefined
          ? `pool ${pool}: the capacity store answers again`
          : `pool ${pool}: without the capacity store, by its onStoreDown. ${error.message}`,
      ),
  });
  return {
    store,
    close: async () => {
      store.close();
      await workers.close();
    },
  };
}

function warn(message: string): void {
  Runtime.instance().logger.warn(message);
}

/** One client per endpoint and process, so that connections are reused. */
function createProviderCache(environment: NodeJS.ProcessEnv): (endpoint: EndpointSettings) => Provider {
  const providers = new Map<string, Provider>();
  return (endpoint) => {
    let provider = providers.get(endpoint.name);
    if (provider === undefined) {
      provider = createProvider({ endpoint, apiKey: apiKeyOf(endpoint, environment) });
      providers.set(endpoint.name, provider);
    }
    return provider;
  };
}

function fileNameOf(workflowId: string): string {
  return workflowId.replaceAll(/[^A-Za-z0-9._-]+/g, '-');
}

async function closeAll(connections: readonly RedisConnection[]): Promise<void> {
  // A connection that is down already cannot say goodbye.
  await Promise.all(connections.map((connection) => connection.quit().catch(() => connection.disconnect())));
}
