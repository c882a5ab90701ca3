/** Names of log fields, so that one search finds a run in every process's log. Metrics and spans use the same words. */
export const logFields = {
  workflowId: 'workflowId',
  runId: 'runId',
  pipeline: 'pipeline',
  tenant: 'tenant',
  step: 'step',
  /** How often the step was opened in this run before. */
  occurrence: 'occurrence',
  tier: 'tier',
  attempt: 'attempt',
  hop: 'hop',
  endpoint: 'endpoint',
  pool: 'pool',
  reservationId: 'reservationId',
  /** A type of the failure catalogue. */
  failure: 'failure',
} as const;

export type LogField = (typeof logFields)[keyof typeof logFields];

/** What ties a log line to a run, a step, a call. */
export type Correlation = { readonly [Field in LogField]?: string | number };
