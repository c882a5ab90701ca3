/**
 * The four watchdogs of one call, on one AbortController that also follows the caller's signal.
 *
 * A call is in one of three phases, and one timer watches the current one:
 *
 *   connect     from the start until the request is handed to the operating system (TCP and TLS stand);
 *   firstToken  until content comes. Any byte from the provider, a ping included, starts it anew: who pings is alive,
 *               and a model may reason in silence for as long as `firstTokenMs`;
 *   idle        from the first content on. Any byte starts it anew.
 *
 * A fourth timer, `call`, bounds all of it and is never extended. All of them run on the monotonic clock.
 */
import type { CallTimeouts } from '../contracts/settings';

export type TimerName = 'connect' | 'firstToken' | 'idle' | 'call';
type Phase = Exclude<TimerName, 'call'>;

export interface CallTimers {
  /** Aborts when a timer fires or the caller's signal aborts. */
  readonly signal: AbortSignal;
  /** The timer that ended the call. */
  readonly fired: TimerName | undefined;
  /** The request is written. */
  sent(): void;
  /** Bytes came from the provider. */
  active(): void;
  /** Text or reasoning of the answer came. */
  content(): void;
  /** Ends all timers; the signal never aborts afterwards. */
  stop(): void;
}

/** Longer delays make Node fire at once. */
const longestDelayMs = 2 ** 31 - 1;

export function startTimers(timeouts: CallTimeouts, caller: AbortSignal): CallTimers {
  return new Watchdogs(timeouts, caller);
}

class Watchdogs implements CallTimers {
  private readonly controller = new AbortController();
  private readonly limitMs: Readonly<Record<Phase, number>>;
  private readonly callTimer: NodeJS.Timeout;
  private phase: Phase = 'connect';
  private phaseTimer: NodeJS.Timeout;
  private signsOfLife = 0;
  private isStopped = false;
  fired: TimerName | undefined;

  constructor(
    timeouts: CallTimeouts,
    private readonly caller: AbortSignal,
  ) {
    this.limitMs = { connect: timeouts.connectMs, firstToken: timeouts.firstTokenMs, idle: timeouts.idleMs };
    this.callTimer = setTimeout(() => this.fire('call'), bounded(timeouts.callMs));
    this.phaseTimer = this.startPhaseTimer();
    if (caller.aborted) this.followCaller();
    else caller.addEventListener('abort', this.followCaller, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  sent(): void {
    if (this.phase === 'connect') this.enter('firstToken');
  }

  active(): void {
    this.sent();
    this.signsOfLife++;
    if (!this.isStopped) this.phaseTimer.refresh();
  }

  content(): void {
    if (this.phase !== 'idle') this.enter('idle');
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.callTimer);
    clearTimeout(this.phaseTimer);
    this.caller.removeEventListener('abort', this.followCaller);
  }

  private enter(phase: Phase): void {
    if (this.isStopped) return;
    this.signsOfLife++;
    this.phase = phase;
    clearTimeout(this.phaseTimer);
    this.phaseTimer = this.startPhaseTimer();
  }

  private startPhaseTimer(): NodeJS.Timeout {
    return setTimeout(() => this.checkSilence(), bounded(this.limitMs[this.phase]));
  }

  /**
   * After a blocked event loop or a suspended process the timer is due before the bytes that waited in the socket
   * have been read. One turn of the loop reads them: our own silence is not the provider's.
   */
  private checkSilence(): void {
    const { signsOfLife, phase } = this;
    setImmediate(() => {
      if (this.signsOfLife === signsOfLife) this.fire(phase);
    });
  }

  private fire(timer: TimerName): void {
    if (this.isStopped || this.controller.signal.aborted) return;
    this.fired = timer;
    this.stop();
    this.controller.abort(new Error(`the ${timer} timer fired`));
  }

  private readonly followCaller = (): void => {
    this.stop();
    this.controller.abort(this.caller.reason);
  };
}

function bounded(delayMs: number): number {
  return Math.min(delayMs, longestDelayMs);
}
