/** Contract of `ensembleTriage`: who takes a message, by the vote of three models. */
import { HoldfastError } from '../../errors/holdfast-error';
import type { PipelineContract } from './contract';

export const departments = ['lessons', 'tickets', 'instruments', 'complaint', 'other'] as const;
export type Department = (typeof departments)[number];

export interface TriageInput {
  /** 1 to 2,000 characters. */
  readonly message: string;
}

/** What each model answers. */
export interface Triage {
  readonly department: Department;
  readonly reason: string;
}

export interface TriageResult extends Triage {
  /** `vote`, `tie` (the first model's word counts) or `only`. */
  readonly decidedBy: string;
  readonly votes: Readonly<Record<string, number>>;
  /** Models without an answer, and why. */
  readonly failed: readonly { readonly member: string; readonly type: string }[];
  readonly degraded: boolean;
  readonly costUsd: number;
}

const longestMessage = 2_000;

export const ensembleTriageContract: PipelineContract<TriageInput> = {
  name: 'ensembleTriage',
  description: 'one message to three models at once; the department with most votes takes it',
  parseInput: parseTriageInput,
  exampleInput: { message: 'My daughter wants to learn the oboe. When do beginners start?' },
};

/** Checks an input that may have come from anywhere. Throws `Pipeline.InvalidInput` naming field and received value. */
export function parseTriageInput(value: unknown): TriageInput {
  const { message, ...others } = (value ?? {}) as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw invalid(unknown, 'expected no field of this name (known: message)');
  if (typeof message !== 'string' || message.trim() === '' || message.length > longestMessage)
    throw invalid('message', `expected text of 1 to ${longestMessage} characters`);
  return { message: message.trim() };
}

function invalid(field: string, problem: string): HoldfastError {
  return new HoldfastError('Pipeline.InvalidInput', `ensembleTriage: ${field}: ${problem}`, { field });
}
