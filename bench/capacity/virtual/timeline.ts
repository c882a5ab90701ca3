/**
 * Virtual time. Code in it is written like any other: it sleeps, and the clock goes on to the next one who wakes. It
 * stands still while somebody waits for something outside, such as Redis.
 */

interface Waker {
  readonly at: number;
  readonly seq: number;
  wake(): void;
}

export class Timeline {
  private readonly wakers: Waker[] = [];
  private seq = 0;
  private time: number;
  private working = 0;
  private idle: (() => void) | undefined;
  private failure: { readonly error: unknown } | undefined;

  constructor(startMs: number) {
    this.time = startMs;
  }

  now(): number {
    return this.time;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.push({ at: this.time + Math.max(0, ms), seq: this.seq++, wake: resolve }));
  }

  async outside<T>(work: Promise<T>): Promise<T> {
    this.working += 1;
    try {
      return await work;
    } finally {
      this.working -= 1;
      if (this.working === 0) this.idle?.();
    }
  }

  /** Starts something that runs beside; an error in it ends the run. */
  start(work: Promise<unknown>): void {
    work.catch((error: unknown) => (this.failure ??= { error }));
  }

  /** Goes on until `endMs`. Whoever sleeps longer is left asleep. */
  async run(endMs: number): Promise<void> {
    for (;;) {
      await this.settle();
      const next = this.wakers[0];
      if (next === undefined || next.at > endMs) break;
      this.pop();
      this.time = next.at;
      next.wake();
    }
    this.time = endMs;
  }

  /** Until everybody sleeps: no chain of promises is longer than a turn of the event loop. */
  private async settle(): Promise<void> {
    do {
      if (this.working > 0) await new Promise<void>((resolve) => (this.idle = resolve));
      this.idle = undefined;
      await new Promise(setImmediate);
      if (this.failure !== undefined) throw this.failure.error;
    } while (this.working > 0);
  }

  private push(waker: Waker): void {
    const heap = this.wakers;
    let index = heap.push(waker) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(waker, heap[parent] as Waker)) break;
      heap[index] = heap[parent] as Waker;
      index = parent;
    }
    heap[index] = waker;
  }

  private pop(): void {
    const heap = this.wakers;
    const last = heap.pop() as Waker;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Waker, heap[child] as Waker)) child += 1;
      if (!isBefore(heap[child] as Waker, last)) break;
      heap[index] = heap[child] as Waker;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore(a: Waker, b: Waker): boolean {
  return a.at < b.at || (a.at === b.at && a.seq < b.seq);
}
