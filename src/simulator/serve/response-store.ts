/** The background responses of one endpoint: kept for ten minutes on the simulator's clock, at most about 1,000. */
import type { StoredResponse } from './stored-response';

export const keptMs = 10 * 60_000;
const mostResponses = 1_000;

export class ResponseStore {
  private readonly kept = new Map<string, StoredResponse>();

  add(response: StoredResponse, nowMs: number): void {
    for (const [id, { expiresAtMs, isOver }] of this.kept) {
      // What is still generated is on the bill of somebody who may come back for it.
      if (!isOver) continue;
      if (expiresAtMs > nowMs && this.kept.size < mostResponses) break;
      this.kept.delete(id);
    }
    this.kept.set(response.id, response);
  }

  /** Undefined: never heard of, or forgotten. */
  get(id: string, nowMs: number): StoredResponse | undefined {
    const response = this.kept.get(id);
    return response !== undefined && response.expiresAtMs > nowMs ? response : undefined;
  }
}
