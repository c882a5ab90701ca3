import type { RunStatus, StepStatus } from '../../../src/contracts/status';

/** 2026-11-21 12:00:00 UTC plus some seconds. */
export const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 21, 12, 0, seconds)).toISOString();
export const msAt = (seconds: number): number => Date.parse(at(seconds));

export function stepStatus(changes: Partial<StepStatus> = {}): StepStatus {
  return { step: 'research.outline', occurrence: 0, state: 'calling', tier: 0, startedAt: at(0), ...changes };
}

export const doneStep = stepStatus({
  state: 'completed',
  endpoint: 'openai-eastus',
  attempts: 1,
  inputTokens: 2_000,
  outputTokens: 345,
  costUsd: 0.0059,
  endedAt: at(4),
});

export function runStatus(changes: Partial<RunStatus> = {}): RunStatus {
  return {
    pipeline: 'researchReport',
    workflowId: 'researchReport:r1',
    runId: 'run-1',
    tenant: 'default',
    state: 'running',
    steps: [],
    approvals: [],
    totals: { steps: 0, attempts: 0, inputTokens: 0, outputTokens: 0, costUsd: 0, degradedSteps: 0 },
    ignoredDecisions: 0,
    ...changes,
  };
}

export const pendingApproval = {
  name: 'publish',
  occurrence: 0,
  title: 'Scales',
  show: { any: 'thing' },
  digest: '5f1c0d2e3b4a59687786a5b4c3d2e1f0',
  allow: ['approve', 'reject', 'edit'],
  askedAt: at(0),
  deadlineAt: '2026-11-24T12:00:00.000Z',
} as const;
