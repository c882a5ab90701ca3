/** Virtual time: what is to happen when, and in the order it was planned within a millisecond. */
export class Agenda {
  readonly #planned: { readonly atMs: number; readonly happens: () => Promise<unknown> }[] = [];

  constructor(
    public nowMs: number,
    private readonly advance: (ms: number) => void,
  ) {}

  at(atMs: number, happens: () => Promise<unknown>): void {
    const index = this.#planned.findIndex((event) => event.atMs > atMs);
    this.#planned.splice(index < 0 ? this.#planned.length : index, 0, { atMs, happens });
  }

  /** Until nothing is planned any more. */
  async run(): Promise<void> {
    for (let event = this.#planned.shift(); event !== undefined; event = this.#planned.shift()) {
      this.rest(Math.max(0, event.atMs - this.nowMs));
      await event.happens();
    }
  }

  rest(ms: number): void {
    this.nowMs += ms;
    this.advance(ms);
  }
}
