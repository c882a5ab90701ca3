/** Ctrl-C, a request to end, or the launcher's death: something that commands race their work against. */
import { onEndSignal } from '../stack';
import type { EndReason } from '../stack';
import { Interrupted } from './failure';

const exitCodes: Readonly<Record<EndReason, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, launcher: 143 };

export interface Interruption {
  /** Settles as `work` does, or rejects with `Interrupted` as soon as the process is asked to end. */
  race<T>(work: Promise<T>): Promise<T>;
}

export function catchInterruption(): Interruption {
  const interrupted = new Promise<never>((_, reject) => {
    onEndSignal((reason) => reject(new Interrupted(exitCodes[reason])));
  });
  interrupted.catch(() => undefined);
  return { race: (work) => Promise.race([interrupted, work]) };
}
