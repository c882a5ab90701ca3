/** Worker deployment versioning: which version of the code a worker is, and whether runs stay with theirs. */
import type { WorkerOptions } from '@temporalio/worker';
import { HoldfastError } from '../errors/holdfast-error';

const behaviors = { pinned: 'PINNED', 'auto-upgrade': 'AUTO_UPGRADE' } as const;

export interface Deployment {
  readonly name: string;
  /** Of pipelines that do not say it themselves. */
  readonly behavior: (typeof behaviors)[keyof typeof behaviors];
}

/** The server takes neither `.` nor `:` in a name: they stand between it and the build. */
const nameForm = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;
const buildForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Undefined without `HOLDFAST_DEPLOYMENT`: the worker is of no version and takes what comes. Throws `Config.Invalid`. */
export function readDeployment(environment: NodeJS.ProcessEnv): Deployment | undefined {
  const { HOLDFAST_DEPLOYMENT: name, HOLDFAST_BUILD_ID: buildId, HOLDFAST_VERSIONING: kept } = environment;
  if (!name) return undefined;
  if (!nameForm.test(name)) throw invalid('HOLDFAST_DEPLOYMENT', 'up to 100 characters of A–Z a–z 0–9 _ -', name);
  // A default would be the same for two builds, and runs of the one would go on in the other.
  if (!buildId || !buildForm.test(buildId)) {
    const expected = 'with HOLDFAST_DEPLOYMENT, what tells this build from every other (A–Z a–z 0–9 . _ -)';
    throw invalid('HOLDFAST_BUILD_ID', `${expected}, e.g. its git commit`, buildId);
  }
  const behavior = kept || 'pinned';
  if (!isBehavior(behavior)) throw invalid('HOLDFAST_VERSIONING', Object.keys(behaviors).join(' or '), behavior);
  return { name, behavior: behaviors[behavior] };
}

/** What tells the server which build a worker is. */
export function versionOptions({ deployment, buildId }: Versioned): Partial<WorkerOptions> {
  if (deployment === undefined) return { buildId };
  return {
    workerDeploymentOptions: {
      version: { deploymentName: deployment.name, buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior: deployment.behavior,
    },
  };
}

interface Versioned {
  readonly deployment?: Deployment;
  readonly buildId: string;
}

function isBehavior(value: string): value is keyof typeof behaviors {
  return Object.hasOwn(behaviors, value);
}

function invalid(variable: string, expected: string, received: string | undefined): HoldfastError {
  const told = received ? JSON.stringify(received).slice(0, 120) : 'nothing';
  return new HoldfastError('Config.Invalid', `${variable}: expected ${expected}; received ${told}`);
}
