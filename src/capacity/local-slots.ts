/** The calls of this process that hold a slot, whoever granted it: leases that end by themselves. */
export class LocalSlots {
  /** Oldest expiry first, as far as leases are equally long: a renewed one moves to the end. */
  readonly #leases = new Map<string, { readonly quotaGroup: string; readonly untilMs: number }>();
  readonly #held = new Map<string, number>();

  hold(rid: string, { quotaGroup, untilMs }: { readonly quotaGroup: string; readonly untilMs: number }): void {
    this.free(rid);
    this.#leases.set(rid, { quotaGroup, untilMs });
    this.#held.set(quotaGroup, (this.#held.get(quotaGroup) ?? 0) + 1);
  }

  free(rid: string): void {
    const lease = this.#leases.get(rid);
    if (lease === undefined) return;
    this.#leases.delete(rid);
    const left = (this.#held.get(lease.quotaGroup) ?? 1) - 1;
    if (left > 0) this.#held.set(lease.quotaGroup, left);
    else this.#held.delete(lease.quotaGroup);
  }

  heldOf(quotaGroup: string): number {
    return this.#held.get(quotaGroup) ?? 0;
  }

  /** Leases whose holder has died or runs in another process now. */
  dropLapsed(nowMs: number): void {
    for (const [rid, { untilMs }] of this.#leases) {
      if (untilMs > nowMs) return;
      this.free(rid);
    }
  }
}
