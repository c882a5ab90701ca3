/** `holdfast/client`: start pipelines from a backend service, ask for their status, decide approvals. */
export { connect } from './connect';
export type { ConnectOptions } from './connect';
export { HoldfastClient } from './holdfast-client';
export type { StartOptions } from './holdfast-client';
export type { StartBudget } from './read-budget';
export { RunHandle } from './run-handle';
export type { TokenHolder } from './run-handle';
export type { GivenDecision } from './complete-decision';
export type { StreamChunk, StreamOptions } from './stream-step';
export type { PipelineContract } from '../contracts/pipelines/catalogue';
export type { AuditTrail } from './read-audit';
export type { Inbox, InboxItem, InboxOptions } from './read-inbox';
export type { AuditEntry, Decision, DecisionInput, DecisionOutcome, PendingApproval } from '../contracts/approval';
export type { Priority } from '../contracts/settings';
export type { RunStatus, StepStatus } from '../contracts/status';
export { HoldfastError } from '../errors/holdfast-error';
export type { FailureType } from '../errors/failure-types';
