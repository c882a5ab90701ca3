/** Makes a worker that runs Holdfast's pipelines and, if you like, your own. */
import { NativeConnection, Worker } from '@temporalio/worker';
import type { WorkerOptions } from '@temporalio/worker';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { createActivities } from '../activities/create-activities';
import { createApprovalActivities } from '../activities/approval-activities';
import { applicationFailureOf } from '../activities/to-application-failure';
import { createDocumentActivities } from '../activities/document-activities';
import { sizeLimitsOf } from '../contracts/size-limits';
import { HoldfastError } from '../errors/holdfast-error';
import { temporalUnreachable } from '../errors/temporal-unreachable';
import { createDataConverter } from '../security/data-converter';
import { createApprovals } from './create-approvals';
import { createDependencies } from './create-dependencies';
import type { Dependencies } from './create-dependencies';
import { readWorkerEnvironment } from './worker-environment';
import type { WorkerEnvironment } from './worker-environment';
import { workflowCode } from './workflow-code';

export interface CreateWorkerOptions {
  /** Default: `process.env`. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Overrides of what the environment says. */
  readonly overrides?: Partial<WorkerEnvironment>;
  /** Activities of your own pipelines. */
  readonly activities?: object;
  /** Your workflows file, instead of the shipped bundle. It re-exports `holdfastTier` and `holdfastChunk` from `holdfast/workflow`. */
  readonly workflowsPath?: string;
  /** An open connection; default: one is made as the `TEMPORAL_*` environment says. */
  readonly connection?: NativeConnection;
  readonly namespace?: string;
}

export interface HoldfastWorker {
  readonly worker: Worker;
  readonly dependencies: Dependencies;
  /** Runs until `shutdown`, then closes what it opened. */
  run(): Promise<void>;
  shutdown(): void;
}

/** How soon a run goes on elsewhere after its worker died: half of Temporal's default, at the price of some replays. */
const stickyTimeoutMs = 5_000;

export async function createWorker(options: CreateWorkerOptions = {}): Promise<HoldfastWorker> {
  const environment = options.environment ?? process.env;
  const from: WorkerEnvironment = { ...readWorkerEnvironment(environment), ...options.overrides };
  const payloads = createDataConverter({
    environment: { ...environment, JOURNAL_REDIS_URL: from.journalRedisUrl, HOLDFAST_KEY_PREFIX: from.keyPrefix },
    toFailure: applicationFailureOf,
    isWorker: true,
  });
  await payloads.storage.check();
  const dependencies = await createDependencies(from, environment, sizeLimitsOf(payloads.storage.isOn)).catch(
    (error: unknown) => {
      payloads.storage.close();
      throw error;
    },
  );
  const connected = options.connection === undefined ? await connectNative() : undefined;
  const connection = options.connection ?? connected?.connection;
  if (connection === undefined) throw new HoldfastError('Llm.Internal', 'no Temporal connection');
  const worker = await Worker.create({
    connection,
    namespace: options.namespace ?? connected?.namespace ?? 'default',
    taskQueue: from.taskQueue,
    ...(await workflowsOf(options, from, payloads.isEncrypting)),
    dataConverter: payloads.dataConverter,
    activities: {
      ...createActivities(dependencies.activities),
      ...createDocumentActivities(dependencies.documents),
      ...createApprovalActivities(createApprovals(environment, dependencies.activities.schemas)),
      ...options.activities,
    },
    buildId: from.buildId,
    shutdownGraceTime: from.shutdownGraceMs,
    // Cancellation arrives through heartbeats, so they must not be held back for long.
    maxHeartbeatThrottleInterval: '2s',
    stickyQueueScheduleToStartTimeout: stickyTimeoutMs,
  });
  return {
    worker,
    dependencies,
    shutdown: () => worker.shutdown(),
    run: async () => {
      try {
        await worker.run();
      } finally {
        await dependencies.close();
        await connected?.connection.close();
        payloads.storage.close();
      }
    },
  };
}

/** The interceptors are what makes a workflow a Holdfast pipeline. */
export const workflowInterceptorModules = [require.resolve('../workflows/interceptors')];

async function workflowsOf(
  options: CreateWorkerOptions,
  from: WorkerEnvironment,
  isEncrypting: boolean,
): Promise<Partial<WorkerOptions>> {
  if (options.workflowsPath === undefined) {
    return { workflowBundle: await workflowCode(from.workflowBundle, isEncrypting) };
  }
  return { workflowsPath: options.workflowsPath, interceptors: { workflowModules: workflowInterceptorModules } };
}

async function connectNative(): Promise<{ connection: NativeConnection; namespace: string | undefined }> {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const address = connectionOptions.address ?? 'localhost:7233';
  try {
    return { connection: await NativeConnection.connect({ ...connectionOptions, address }), namespace };
  } catch (error) {
    throw temporalUnreachable(address, reasonOf(error), error);
  }
}

/** The native client wraps what happened, e.g. "Connection refused", in layers of its own. */
function reasonOf(error: unknown): string {
  const told = error instanceof Error ? error.message : String(error);
  return /message: "([^"]+)"/.exec(told)?.[1] ?? told;
}
