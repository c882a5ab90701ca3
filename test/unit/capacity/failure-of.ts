import { HoldfastError } from '../../../src/errors';

/** What a typed error says; a failure of any other kind, or none, fails the test. */
export function failureOf(work: () => unknown): { type: string; message: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof HoldfastError) return { type: error.type, message: error.message };
    throw error;
  }
  throw new Error('expected a failure');
}
