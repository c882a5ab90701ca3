/** Makes a worker that runs Holdfast's pipelines and, if you like, your own. */
import { NativeConnection, Worker } from '@temporalio/worker';
import type { WorkerOptions } from '@temporalio/worker';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { createActivities } from '../activities/create-activities';
import { createApprovalActivities } from '../activities/approval-activities';
import { createBatchActivities } from '../activities/batch/batch-activities';
import { createBulkActivities } from '../activities/bulk-activities';
import { applicationFailureOf } from '../activities/to-application-failure';
import { createDeferredActivities } from '../activities/deferred-activities';
import { createExtractionActivities } from '../activities/extraction-activities';
import { createEvalActivities } from '../activities/eval-activities';
import { createDocumentActivities } from '../activities/document-activities';
import { createSourceActivities } from '../activities/source-activities';
import { loadApp } from '../config/load-app';
import { sizeLimitsOf } from '../contracts/size-limits';
import { assessExtraction, parseDocument } from '../documents';
import { HoldfastError } from '../errors/holdfast-error';
import { temporalUnreachable } from '../errors/temporal-unreachable';
import { createDataConverter } from '../security/data-converter';
import { createAlerters, createApprovals, createTellers } from './create-approvals';
import { createDependencies } from './create-dependencies';
import type { Dependencies } from './create-dependencies';
import { versionOptions } from './deployment';
import { ensureSearchAttributes } from './search-attributes';
import type { OwnSchemas } from './read-definitions';
import { runScheduledEval } from './run-scheduled-eval';
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
  /** Your output schemas, by the name that `output` of a step uses. */
  readonly schemas?: OwnSchemas;
  /** Your workflows file, instead of the shipped bundle. It has the line `export * from 'holdfast/workflow/children';`. */
  readonly workflowsPath?: string;
  /** An open connection; default: one is made as the `TEMPORAL_*` environment says. */
  readonly connection?: NativeConnection;
  readonly namespace?: string;
}

export interface HoldfastWorker {
  readonly worker: Worker;
  readonly dependencies: Dependencies;
  /** What does not keep it from working: for the log, a line each. */
  readonly warnings: readonly string[];
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
  const { schemas } = options;
  const sizeLimits = sizeLimitsOf(payloads.storage.isOn);
  const dependencies = await createDependencies(from, environment, { sizeLimits, ...(schemas && { schemas }) }).catch(
    (error: unknown) => {
      payloads.storage.close();
      throw error;
    },
  );
  const connected = options.connection === undefined ? await connectNative(environment) : undefined;
  const connection = options.connection ?? connected?.connection;
  if (connection === undefined) throw new HoldfastError('Llm.Internal', 'no Temporal connection');
  const namespace = options.namespace ?? connected?.namespace ?? 'default';
  const { searchable, warning } = await ensureSearchAttributes(connection, namespace);
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: from.taskQueue,
    ...(await workflowsOf(options, from, payloads.isEncrypting)),
    dataConverter: payloads.dataConverter,
    activities: activitiesOf(environment, { dependencies, searchable, own: options.activities }),
    ...versionOptions(from),
    shutdownGraceTime: from.shutdownGraceMs,
    // Cancellation arrives through heartbeats, so they must not be held back for long.
    maxHeartbeatThrottleInterval: '2s',
    stickyQueueScheduleToStartTimeout: stickyTimeoutMs,
  });
  return {
    worker,
    dependencies,
    warnings: [...dependencies.settings.warnings, ...(warning === undefined ? [] : [warning])],
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

interface ActivityParts {
  readonly dependencies: Dependencies;
  /** The server knows Holdfast's search attributes. */
  readonly searchable: boolean;
  readonly own: object | undefined;
}

function activitiesOf(environment: NodeJS.ProcessEnv, { dependencies, searchable, own }: ActivityParts): object {
  return {
    ...createActivities({ ...dependencies.activities, searchable }),
    ...createBatchActivities(dependencies.batches),
    ...createDocumentActivities(dependencies.documents),
    ...createSourceActivities(dependencies.documents),
    ...createBulkActivities(dependencies.bulk),
    ...createEvalActivities({
      run: (run) => runScheduledEval(environment, run),
      alerters: createAlerters(environment),
    }),
    ...createExtractionActivities({ parse: parseDocument, assess: assessExtraction }),
    ...createApprovalActivities(createApprovals(environment, dependencies.activities.schemas)),
    ...loadApp(environment)?.activities,
    ...createDeferredActivities(createTellers(environment)),
    ...own,
  };
}

/** The interceptors are what makes a workflow a Holdfast pipeline. */
export const workflowInterceptorModules = [require.resolve('../workflows/interceptors')];

async function workflowsOf(
  options: CreateWorkerOptions,
  from: WorkerEnvironment,
  isEncrypting: boolean,
): Promise<Partial<WorkerOptions>> {
  const { workflowsPath = ownWorkflowsOf(options.environment ?? process.env) } = options;
  if (workflowsPath === undefined) {
    return { workflowBundle: await workflowCode(from.workflowBundle, isEncrypting) };
  }
  return { workflowsPath, interceptors: { workflowModules: workflowInterceptorModules } };
}

/** Those of an app, unless it was bundled before. */
function ownWorkflowsOf(environment: NodeJS.ProcessEnv): string | undefined {
  return environment['HOLDFAST_WORKFLOW_BUNDLE'] ? undefined : loadApp(environment)?.workflowsPath;
}

async function connectNative(
  environment: NodeJS.ProcessEnv,
): Promise<{ connection: NativeConnection; namespace: string | undefined }> {
  const variables = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(variables) });
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
