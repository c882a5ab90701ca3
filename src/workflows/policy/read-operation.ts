/** Tells a usable operation from any other value: a bad one must be refused by name, and never fail the run. */
import { operationKinds } from '../../contracts/operation';
import type { Operation, OperationKind } from '../../contracts/operation';

/** A parked step. */
export interface ParkedPlace {
  readonly step: string;
  readonly occurrence: number;
}

export type ReadOperation =
  | { readonly ok: true; readonly operation: Operation; readonly place: ParkedPlace }
  | { readonly ok: false; readonly message: string };

const keys = ['step', 'occurrence', 'kind', 'by', 'value'];

export function readOperation(value: unknown, parked: readonly ParkedPlace[]): ReadOperation {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refused('expected an object');
  const given = value as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(given).find((key) => !keys.includes(key));
  if (unknown !== undefined) return refused(`unknown field "${unknown.slice(0, 40)}", expected ${keys.join(', ')}`);
  const { step, occurrence, kind, by } = given;
  if (typeof step !== 'string') return refused('step: expected the name of a step');
  if (typeof by !== 'string' || by.trim() === '') return refused('by: expected who decides, such as ana@acme');
  if (!operationKinds.includes(kind as OperationKind))
    return refused(`kind: expected one of ${operationKinds.join(', ')}`);
  if ((kind === 'answer') !== 'value' in given) return refused('value: expected with "answer", and only with it');
  const waiting = parked.filter((place) => place.step === step);
  const place = occurrence === undefined ? onlyOf(waiting) : waiting.find((found) => found.occurrence === occurrence);
  if (place === undefined) return refused(whatIsParked(step, occurrence, parked));
  return { ok: true, operation: given as unknown as Operation, place };
}

function onlyOf(places: readonly ParkedPlace[]): ParkedPlace | undefined {
  return places.length === 1 ? places[0] : undefined;
}

function whatIsParked(step: string, occurrence: unknown, parked: readonly ParkedPlace[]): string {
  const names = parked.map((place) => `${place.step} #${place.occurrence}`).join(', ');
  const asked = occurrence === undefined ? step : `${step} #${JSON.stringify(occurrence)}`;
  return `step: ${asked.slice(0, 80)} is not parked${names === '' ? '; no step is' : ` (parked: ${names}; say which occurrence)`}`;
}

function refused(message: string): ReadOperation {
  return { ok: false, message: `operation: ${message}` };
}
