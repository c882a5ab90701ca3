/** Judges a run by what stands outside of the product: the file of effects, and what Temporal's history says was sent. */
import type { Client } from '@temporalio/client';
import type { AuditTrail } from '../../src/client';
import type { EffectLine } from './activities';
import { nameOf, occurrenceOf } from './plan';
import type { Played } from './play';

export interface Verdict {
  /** Questions with no effect, with several, or with another one than was decided. */
  readonly effectsWrong: string[];
  /** Decisions in history and ends of questions that the audit trail does not have, or has too often. */
  readonly auditMissing: string[];
}

/** `played` has an entry for each question of the run. */
export function verifyEffects(workflowId: string, played: readonly Played[], lines: readonly EffectLine[]): string[] {
  return played.flatMap(({ rightEnds, wrong }, number) => {
    const effects = new Map(
      lines.filter((line) => line.number === number).map(({ key, outcome, text }) => [key, `${outcome} ${text}`]),
    );
    const [end, ...more] = effects.values();
    const where = `${workflowId}, question ${number}`;
    if (wrong !== undefined) return [`${where}: ${wrong}`];
    if (end === undefined) return [`${where}: no effect`];
    if (more.length > 0) return [`${where}: ${effects.size} effects`];
    return rightEnds.includes(end) ? [] : [`${where}: "${end}" instead of "${rightEnds.join('" or "')}"`];
  });
}

export async function verifyAudit(
  temporal: Client,
  workflowId: string,
  trail: AuditTrail,
  lines: readonly EffectLine[],
): Promise<string[]> {
  const sent = await countSent(temporal, workflowId, trail);
  const recorded = new Map<string, number>();
  for (const { event, via, id } of trail.entries) {
    if (id !== undefined && ['decided', 'repeated', 'refused'].includes(event)) add(recorded, `${via} ${id}`);
  }
  const wrong = [...new Set([...sent.keys(), ...recorded.keys()])].flatMap((key) => {
    const [inHistory, inTrail] = [sent.get(key) ?? 0, recorded.get(key) ?? 0];
    return inHistory === inTrail
      ? []
      : [`${workflowId}: ${key} is in history ${inHistory} times, in the trail ${inTrail}`];
  });
  if (!trail.isComplete || trail.omitted > 0) wrong.push(`${workflowId}: the trail is not complete`);
  return [...wrong, ...missingEnds(workflowId, trail, lines)];
}

/** Every question was asked once and closed once, and closed as its effect says. */
function missingEnds(workflowId: string, trail: AuditTrail, lines: readonly EffectLine[]): string[] {
  const numbers = new Set(lines.map(({ number }) => number));
  return [...numbers].flatMap((number) => {
    const entries = trail.entries.filter(
      ({ approval, occurrence }) => approval === nameOf(number) && occurrence === occurrenceOf(number),
    );
    const asked = entries.filter(({ event }) => event === 'asked').length;
    const closed = entries.filter(({ event }) => event === 'closed').map(({ outcome }) => outcome);
    const effect = lines.find((line) => line.number === number)?.outcome;
    if (asked === 1 && closed.length === 1 && closed[0] === effect) return [];
    return [
      `${workflowId}, question ${number}: asked ${asked} times, closed as ${closed.join(', ') || 'nothing'}, effect ${effect}`,
    ];
  });
}

/** Decisions by way and id: updates that were accepted, signals that are decisions. */
async function countSent(temporal: Client, workflowId: string, trail: AuditTrail): Promise<Map<string, number>> {
  const sent = new Map<string, number>();
  for (const runId of new Set(trail.entries.map((entry) => entry.runId))) {
    const { events } = await temporal.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const event of events ?? []) {
      const update = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input?.args;
      const id = idIn(update ?? event.workflowExecutionSignaledEventAttributes?.input);
      if (id !== undefined) add(sent, `${update ? 'update' : 'signal'} ${id}`);
    }
  }
  return sent;
}

interface Sent {
  readonly payloads?: readonly { readonly data?: Uint8Array | null }[] | null;
}

function idIn(sent: Sent | null | undefined): string | undefined {
  const data = sent?.payloads?.[0]?.data;
  if (!data) return undefined;
  const value = JSON.parse(Buffer.from(data).toString('utf8')) as { id?: string } | string | number;
  return typeof value === 'object' ? value.id : undefined;
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
