/**
 * Signatures of what a Gemini model thought. From Gemini 3 on those beside function calls have to come back with the
 * results of the turn; older models give them too and do not ask for them.
 */
import { createHash } from 'node:crypto';
import { isRecord } from '../../read-input';
import type { InputRecord } from '../../read-input';
import { invalidArgument } from './errors';

const asksBack = /^gemini-(?:[3-9]|\d{2})/;

export function requiresSignatures(model: string): boolean {
  return asksBack.test(model);
}

export function signatureOf(subject: string): string {
  return createHash('sha256').update(`thought:${subject}`).digest('base64');
}

/** What the documentation allows in place of a signature, for calls that another model made. */
const placeholders: readonly unknown[] = ['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go'];

/** `part` is the first function call of the content at `position`, 1 first. */
export function checkSignature(part: InputRecord, position: number): void {
  const { functionCall, thoughtSignature: signature } = part;
  const name = isRecord(functionCall) ? String(functionCall['name']) : '';
  if (signature === undefined || signature === '') {
    throw invalidArgument(
      `Function call \`${name}\` in the ${position}. content block is missing a \`thought_signature\`.`,
    );
  }
  if (signature !== signatureOf(name) && !placeholders.includes(signature)) {
    throw invalidArgument('Corrupted thought signature.');
  }
}
