/** What this process was told by providers to leave alone for a while. */
import type { CapacityCandidate, Settlement } from '../contracts/capacity';
import { pauseOf } from './settlement';

export class LocalPauses {
  readonly #groups = new Map<string, number>();
  readonly #endpoints = new Map<string, number>();

  add(settlement: Settlement, nowMs: number): void {
    const { groupMs, endpointMs } = pauseOf(settlement);
    if (groupMs > 0) raise(this.#groups, settlement.quotaGroup, nowMs + groupMs);
    if (endpointMs > 0) raise(this.#endpoints, settlement.endpoint, nowMs + endpointMs);
  }

  untilMs({ quotaGroup, endpoint }: Pick<CapacityCandidate, 'quotaGroup' | 'endpoint'>): number {
    return Math.max(this.#groups.get(quotaGroup) ?? 0, this.#endpoints.get(endpoint) ?? 0);
  }
}

function raise(untilMs: Map<string, number>, name: string, atMs: number): void {
  if (atMs > (untilMs.get(name) ?? 0)) untilMs.set(name, atMs);
}
