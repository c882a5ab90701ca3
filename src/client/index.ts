/** `holdfast/client`: start pipelines from a backend service, ask for their status, decide approvals. */
export { connect } from './connect';
export type { ConnectOptions } from './connect';
export { HoldfastClient } from './holdfast-client';
export type { StartOptions } from './holdfast-client';
export { RunHandle } from './run-handle';
export type { PipelineContract } from '../contracts/pipelines/catalogue';
export type { Decision, DecisionInput, DecisionOutcome, PendingApproval } from '../contracts/approval';
export type { Priority } from '../contracts/settings';
export type { RunStatus, StepStatus } from '../contracts/status';
export { HoldfastError } from '../errors/holdfast-error';
export type { FailureType } from '../errors/failure-types';
