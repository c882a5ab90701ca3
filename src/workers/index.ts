/** `holdfast/worker`: run Holdfast's activities and workflows, and your own, in your process. */
export { createWorker, workflowInterceptorModules } from './create-worker';
export type { CreateWorkerOptions, HoldfastWorker } from './create-worker';
export { runWorker } from './run-worker';
export { readWorkerEnvironment } from './worker-environment';
export type { WorkerEnvironment } from './worker-environment';
export { resumable } from '../activities/resumable';
export type { Resuming } from '../activities/resumable';
export { workflowFailureConverterPath } from './workflow-code';
