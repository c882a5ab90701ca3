/** What evals are planned with and made of, for tests. */
import type { Settings, StepSettings } from '../../../src/contracts/settings';
import type { EvalArm, EvalRow, Planning, RowReport } from '../../../src/evals';
import { noUsage } from '../../../src/contracts/usage';

const timeouts = { connectMs: 1, firstTokenMs: 1, idleMs: 1, callMs: 1, stepMs: 1 };

export function stepNamed(name: string, changes: Partial<StepSettings> = {}): StepSettings {
  return {
    name,
    prompt: 'p@1',
    lane: 'interactive',
    timeouts,
    maximumAttempts: 3,
    tiers: [{ pool: 'fast' }],
    ...changes,
  };
}

/** Pools `fast` (no family), `large` (family claude) and `mixed` (both); prompt `p@1` with default, claude and small. */
export function planningWith(...steps: StepSettings[]): Planning {
  const settings = {
    file: 'holdfast.yaml',
    endpoints: { east: { name: 'east' }, west: { name: 'west', family: 'claude' } },
    pools: {
      fast: { name: 'fast', endpoints: ['east'] },
      large: { name: 'large', endpoints: ['west'] },
      mixed: { name: 'mixed', endpoints: ['east', 'west'] },
    },
    steps: Object.fromEntries(steps.map((step) => [step.name, step])),
  } as unknown as Settings;
  const variants = ['default', 'claude', 'small'];
  return {
    settings,
    prompts: {
      refs: ['p@1', 'q@1'],
      variantsOf: (ref) => (ref === 'p@1' ? variants : ['default']),
      schemaOf: () => 'Known',
    },
  };
}

export function armNamed(name: string): EvalArm {
  return { name, target: 's', pool: 'fast', variant: 'default', step: stepNamed(name) };
}

export function rowNamed(id: string, changes: Partial<EvalRow> = {}): EvalRow {
  return { id, line: 1, occurrence: 1, variables: { q: id }, expect: [{ kind: 'exact', value: 'yes' }], ...changes };
}

export function reportNamed(id: string, changes: Partial<RowReport> = {}): RowReport {
  const facts = { id, line: 1, status: 'passed', score: 1, failed: [], usage: noUsage, costUsd: 0 } as const;
  return { ...facts, fromJournal: false, judge: { usage: noUsage, costUsd: 0 }, ...changes };
}
