import { HoldfastError } from '../errors';
import { findFreePort } from './ports';

/** A wished port was taken and another one is used instead. */
export interface PortMove {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

export interface NamedPort {
  /** For messages, e.g. `Temporal`. */
  readonly name: string;
  /** Tried first, then the ones that follow; 0 = any free one. */
  readonly preferred: number;
}

const attempts = 5;
const inUse = /address already in use|EADDRINUSE|bind: Only one usage/i;

/**
 * Starts a server on free ports. Between finding a port free and the server taking it, somebody else may: then the
 * server says so in its last words, and it is started again on other ports.
 *
 * @param onMoved told about each port that differs from the wished one, once the server runs
 */
export async function startOnPorts<T>(
  wished: readonly NamedPort[],
  start: (ports: readonly number[]) => Promise<T>,
  onMoved: (move: PortMove) => void = () => undefined,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const ports: number[] = [];
    for (const { preferred } of wished) ports.push(await findFreePort({ preferred, except: ports }));
    try {
      const started = await start(ports);
      wished.forEach(({ name, preferred }, index) => {
        const to = ports[index] as number;
        if (preferred !== 0 && preferred !== to) onMoved({ name, from: preferred, to });
      });
      return started;
    } catch (error) {
      const lostRace = error instanceof HoldfastError && inUse.test(String(error.details['output']));
      if (!lostRace || attempt === attempts) throw error;
    }
  }
}
