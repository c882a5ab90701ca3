import type { JsonValue } from '../contracts/json';

export interface ResultState {
  readonly name: string;
  /** A person said no, or nobody said anything in time. */
  readonly isRefused: boolean;
}

/** Pipelines that end in more than one way say so in the `status` of their result. */
export function resultState(result: JsonValue): ResultState {
  const { status } = (result ?? {}) as { status?: unknown };
  const name = typeof status === 'string' ? status : 'completed';
  return { name, isRefused: name === 'rejected' || name === 'expired' };
}
