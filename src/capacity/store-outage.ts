/**
 * What is known of the way to the store for one pool (on a cluster, pools live on different nodes):
 *
 *   up ─an operation fails─▶ down ─probe answers─▶ catching up ─done─▶ up
 *                             ▲ └─probe fails, asked again 500 ms later─┘
 *
 * While it is not up, callers do not ask the store, except one at a time that finds out whether it is back.
 */
export const probeEveryMs = 500;

export class StoreOutage {
  #state: 'up' | 'down' | 'catchingUp' = 'up';
  #isProbing = false;
  #sinceMs = 0;
  #nextProbeMs = 0;

  get isUp(): boolean {
    return this.#state === 'up';
  }

  /** When the store was lost for the last time. */
  get sinceMs(): number {
    return this.#sinceMs;
  }

  /** True lets the caller ask the store; it then tells by `failed` or `answered` what came of it. */
  mayAsk(nowMs: number): boolean {
    if (this.#state === 'up') return true;
    if (this.#state === 'catchingUp' || this.#isProbing || nowMs < this.#nextProbeMs) return false;
    this.#isProbing = true;
    return true;
  }

  /** True when this is how the loss was noticed. */
  failed(nowMs: number): boolean {
    const isNew = this.#state === 'up';
    if (isNew) this.#sinceMs = nowMs;
    this.#state = 'down';
    this.#isProbing = false;
    this.#nextProbeMs = nowMs + probeEveryMs;
    return isNew;
  }

  /** True when the store has come back by this: the caller hands over what it missed, then calls `caughtUp`. */
  answered(): boolean {
    this.#isProbing = false;
    if (this.#state !== 'down') return false;
    this.#state = 'catchingUp';
    return true;
  }

  /** The operation failed for a reason of its own: nothing is known of the store. */
  unclear(): void {
    this.#isProbing = false;
  }

  caughtUp(): void {
    if (this.#state === 'catchingUp') this.#state = 'up';
  }
}
