/** Watches a run to its end: shows every status, and hands pending approvals to somebody who decides. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunHandle } from '../client';
import type { PendingApproval } from '../contracts/approval';
import type { RunStatus } from '../contracts/status';
import { HoldfastError } from '../errors';
import type { LiveView } from './view/live-view';

export interface FollowOptions {
  readonly view: LiveView;
  /**
   * Decides, through the run's own client. `elsewhere` is aborted when somebody else was faster.
   * Absent: approvals are only shown.
   */
  readonly decide?: (approval: PendingApproval, elsewhere: AbortSignal) => Promise<void>;
  readonly pollMs?: number;
}

export interface Followed<T> {
  readonly result: T;
  readonly status: RunStatus;
}

type Ended<T> = { readonly result: T } | { readonly error: unknown };

/** Throws what `result()` throws, after the last picture has been shown, and what `decide` throws. */
export async function followRun<T>(run: RunHandle, options: FollowOptions): Promise<Followed<T>> {
  let ended: Ended<T> | undefined;
  const end = run.result<T>().then(
    (result) => (ended = { result }),
    (error: unknown) => (ended = { error }),
  );
  const watch = new Watch(run, options);
  try {
    while (ended === undefined) {
      await watch.look();
      await Promise.race([end, watch.change()]);
    }
    const finished = watch.finish();
    if ('error' in ended) {
      // Why the run ended matters more than a last picture, for which there may be no worker.
      await finished.catch(() => undefined);
      throw (ended as { error: unknown }).error;
    }
    return { result: (ended as { result: T }).result, status: await finished };
  } finally {
    await watch.close();
  }
}

/** One question at a time: while it stands, the picture rests and the status only tells whether it still waits. */
class Watch {
  private asking:
    { readonly name: string; readonly elsewhere: AbortController; readonly done: Promise<void> } | undefined;
  private isSilent = false;

  constructor(
    private readonly run: RunHandle,
    private readonly options: FollowOptions,
  ) {}

  async look(): Promise<void> {
    const status = await this.read();
    if (status === undefined) return;
    if (this.asking === undefined) {
      this.options.view.show(status);
      this.ask(status.approvals[0]);
    } else if (!status.approvals.some(({ name }) => name === this.asking?.name)) {
      this.asking.elsewhere.abort();
    }
  }

  /** Resolves when it is worth looking again; throws when deciding failed. */
  async change(): Promise<void> {
    const pause = sleep(this.options.pollMs ?? 500);
    if (this.asking === undefined) return pause;
    const isDecided = await Promise.race([pause.then(() => false), this.asking.done.then(() => true)]);
    if (isDecided) this.asking = undefined;
  }

  async finish(): Promise<RunStatus> {
    await this.endQuestion();
    const status = await this.run.status();
    this.options.view.show(status);
    return status;
  }

  async close(): Promise<void> {
    await this.endQuestion();
    this.options.view.rest();
  }

  /** The run has ended under it: nobody needs the answer, nor a failure to give it. */
  private async endQuestion(): Promise<void> {
    this.asking?.elsewhere.abort();
    await this.asking?.done.catch(() => undefined);
    this.asking = undefined;
  }

  private ask(pending: PendingApproval | undefined): void {
    const { decide } = this.options;
    if (pending === undefined || decide === undefined) return;
    this.options.view.rest();
    const elsewhere = new AbortController();
    const done = decide(pending, elsewhere.signal);
    // Seen by `change`, unless the run ends first.
    done.catch(() => undefined);
    this.asking = { name: pending.name, elsewhere, done };
  }

  /** Undefined while no worker answers: the run is not lost, so neither is the watch. */
  private async read(): Promise<RunStatus | undefined> {
    try {
      const status = await this.run.status();
      this.isSilent = false;
      return status;
    } catch (error) {
      if (!(error instanceof HoldfastError) || error.type !== 'Service.Unreachable') throw error;
      if (!this.isSilent) this.options.view.say(`${error.message}; still watching`);
      this.isSilent = true;
      return undefined;
    }
  }
}
