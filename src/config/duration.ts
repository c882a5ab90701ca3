/** Durations in the file, as text; milliseconds once read. */
import { z } from 'zod';
import { durationWords, parseDurationMs } from '../contracts/duration';

function durationSchema(minimumMs: number, error: string) {
  return z.string({ error }).transform((text, context) => {
    const ms = parseDurationMs(text);
    if (ms !== undefined && ms >= minimumMs) return ms;
    context.issues.push({ code: 'invalid_format', format: 'duration', message: error, input: text });
    return z.NEVER;
  });
}

export const duration = durationSchema(1, `expected ${durationWords}`);
/** May be zero: a wait that is allowed, not one that must happen. */
export const durationOrZero = durationSchema(0, `expected 0s or ${durationWords}`);
