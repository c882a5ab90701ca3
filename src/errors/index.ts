export { failureCatalogue, failureTypes, isFailureType, policyOf } from './failure-types';
export type { FailurePolicy, FailureType, NextMove } from './failure-types';
export { HoldfastError } from './holdfast-error';
export type { FailureDetails } from './holdfast-error';
