/**
 * A start carries the search attributes that its run is to keep. A server that does not know them refuses the start, so it
 * is made again without: the run then goes on as if there were no attributes. All of them are in every start, because the
 * workflow may set whatever its start carried; empty lists are checked by the server and leave nothing in history.
 */
import type { SearchAttributePair } from '@temporalio/common';
import { searchAttributes as keys } from '../contracts/search-attributes';
import { grpcCodes, isGrpc } from './translate-error';

/** After a refusal. Somebody may register the attributes meanwhile. */
const restMs = 60_000;

export class StartAttributes {
  private refusedUntilMs = 0;

  constructor(private readonly now: () => number = Date.now) {}

  /** Calls `start` with the attributes, and once more without when the server refuses the request. */
  async tried<T>(
    { pipeline, tenant }: { readonly pipeline: string; readonly tenant: string },
    start: (attributes: SearchAttributePair[]) => Promise<T>,
  ): Promise<T> {
    if (this.now() < this.refusedUntilMs) return start([]);
    try {
      return await start([
        { key: keys.pipeline, value: pipeline },
        { key: keys.tenant, value: tenant },
        { key: keys.degraded, value: false },
        { key: keys.costUsd, value: 0 },
        { key: keys.step, value: [] },
        { key: keys.waitingFor, value: [] },
      ]);
    } catch (error) {
      if (!isGrpc(error, grpcCodes.invalidArgument)) throw error;
      const started = await start([]);
      // Only now it is known that the attributes were what was wrong.
      this.refusedUntilMs = this.now() + restMs;
      return started;
    }
  }
}
