/** The holder processes: killed, stopped, replaced, looked at. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addCounts, noCounts } from './messages';
import type { Answer, Claims, HolderCounts, HolderLook, HolderOrder, Order } from './messages';

export interface HoldersOptions {
  readonly count: number;
  readonly order: Omit<HolderOrder, 'name'>;
  readonly environment: NodeJS.ProcessEnv;
  /** A holder ended or failed without being told to. */
  readonly onBroken: (message: string) => void;
}

/** What all holders that are alive hold together, as of one moment. */
export interface HoldersLook {
  readonly claims: Readonly<Record<string, Claims>>;
  /** Two looks with the same text have seen the same claims, and nothing changed between them. */
  readonly version: string;
}

interface HolderProcess {
  readonly name: string;
  readonly child: ChildProcess;
  last: HolderLook;
  isEnding: boolean;
}

const readyTimeoutMs = 20_000;
const lookTimeoutMs = 1_000;

export class Holders {
  readonly #options: HoldersOptions;
  #alive: HolderProcess[] = [];
  /** Not ready yet. */
  readonly #starting = new Set<HolderProcess>();
  /** Of those that were killed, as last seen. */
  readonly #past: HolderCounts = noCounts();
  #started = 0;
  #looks = 0;

  private constructor(options: HoldersOptions) {
    this.#options = options;
  }

  static async start(options: HoldersOptions): Promise<Holders> {
    const holders = new Holders(options);
    try {
      await Promise.all(Array.from({ length: options.count }, () => holders.#startOne()));
      return holders;
    } catch (error) {
      holders.end();
      throw error;
    }
  }

  /** Kills the one that `draw` (0–1) falls on and starts another. True when it ended by that, with calls under way. */
  async killOne(draw: number): Promise<boolean> {
    const victim = this.#pick(draw);
    const busy = await this.#untilBusy(victim);
    victim.isEnding = true;
    const ended = new Promise<NodeJS.Signals | null>((resolve) => {
      victim.child.once('exit', (_, signal) => resolve(signal));
    });
    victim.child.kill('SIGKILL');
    const signal = await ended;
    this.#alive = this.#alive.filter((holder) => holder !== victim);
    addCounts(this.#past, victim.last.counts);
    await this.#startOne();
    return busy && signal === 'SIGKILL';
  }

  /** Stops the one that `draw` falls on for so long. True when it really stood still. */
  async stopOne(draw: number, forMs: number): Promise<boolean> {
    const victim = this.#pick(draw);
    const { pid = 0 } = victim.child;
    const watcher = this.#alive.find((holder) => holder !== victim);
    watcher?.child.send({ kind: 'watch', pid } satisfies Order);
    try {
      victim.child.kill('SIGSTOP');
      const silent = this.#ask(victim).then(
        () => false,
        () => true,
      );
      await sleep(forMs);
      return await silent;
    } finally {
      victim.child.kill('SIGCONT');
      watcher?.child.send({ kind: 'watch', pid: null } satisfies Order);
    }
  }

  /** Undefined while one of them does not answer. */
  async look(): Promise<HoldersLook | undefined> {
    const holders = [...this.#alive];
    const looks = await Promise.all(holders.map((holder) => this.#ask(holder).catch(() => undefined)));
    const claims: Record<string, { booked: number; started: number }> = {};
    for (const look of looks) {
      if (look === undefined) return undefined;
      for (const [endpoint, held] of Object.entries(look.claims)) {
        const sum = (claims[endpoint] ??= { booked: 0, started: 0 });
        sum.booked += held.booked;
        sum.started += held.started;
      }
    }
    const version = holders.map(({ name }, index) => `${name}:${looks[index]?.changes}`).join(' ');
    return { claims, version };
  }

  /** Over the whole run; of a killed holder, what it had told last. */
  counts(): HolderCounts {
    const sum = noCounts();
    addCounts(sum, this.#past);
    for (const { last } of this.#alive) addCounts(sum, last.counts);
    return sum;
  }

  drain(): void {
    for (const { child } of this.#alive) child.send({ kind: 'drain' } satisfies Order);
  }

  end(): void {
    for (const holder of [...this.#alive, ...this.#starting]) {
      holder.isEnding = true;
      // The one signal that a stopped process obeys.
      holder.child.kill('SIGKILL');
    }
  }

  #pick(draw: number): HolderProcess {
    return this.#alive[Math.floor(draw * this.#alive.length)] as HolderProcess;
  }

  /** Until it has a call in flight, for two seconds at most. */
  async #untilBusy(holder: HolderProcess): Promise<boolean> {
    for (let tries = 0; tries < 40; tries += 1) {
      const look = await this.#ask(holder).catch(() => undefined);
      if (Object.values(look?.claims ?? {}).some(({ started }) => started > 0)) return true;
      await sleep(50);
    }
    return false;
  }

  async #startOne(): Promise<void> {
    const { order, environment, onBroken } = this.#options;
    this.#started += 1;
    const name = `h${this.#started}`;
    const argument = JSON.stringify({ ...order, name } satisfies HolderOrder);
    const child = fork(join(__dirname, 'client.ts'), [argument], { env: environment, stdio: ['ignore', 2, 2, 'ipc'] });
    child.setMaxListeners(0);
    // A message to one that was killed a moment ago; that it is gone, its exit tells.
    child.on('error', () => undefined);
    const look: HolderLook = { claims: {}, changes: 0, counts: noCounts() };
    const holder: HolderProcess = { name, child, last: look, isEnding: false };
    this.#starting.add(holder);
    child.on('exit', (code, signal) => {
      if (!holder.isEnding) onBroken(`holder ${name} ended by itself (${signal ?? `exit code ${code}`})`);
    });
    child.on('message', (message: Answer) => {
      if (message.kind === 'failed') onBroken(`a holder failed: ${message.message}`);
    });
    await answerOf(child, { accept: ({ kind }) => kind === 'ready', timeoutMs: readyTimeoutMs });
    this.#starting.delete(holder);
    this.#alive.push(holder);
  }

  async #ask(holder: HolderProcess): Promise<HolderLook> {
    const id = (this.#looks += 1);
    const answered = answerOf(holder.child, {
      accept: (message) => message.kind === 'look' && message.id === id,
      timeoutMs: lookTimeoutMs,
    });
    holder.child.send({ kind: 'look', id } satisfies Order);
    const answer = (await answered) as Extract<Answer, { kind: 'look' }>;
    holder.last = answer.look;
    return answer.look;
  }
}

interface Expected {
  readonly accept: (answer: Answer) => boolean;
  readonly timeoutMs: number;
}

function answerOf(child: ChildProcess, { accept, timeoutMs }: Expected): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      child.off('message', take).off('exit', fail);
      settle();
    };
    const take = (answer: Answer): void => {
      if (accept(answer)) end(() => resolve(answer));
    };
    const fail = (): void => end(() => reject(new Error(`holder process ${child.pid} does not answer`)));
    const timer = setTimeout(fail, timeoutMs);
    child.on('message', take).on('exit', fail);
  });
}
