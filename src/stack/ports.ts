/** Free ports on the loopback interface. A port is free only until somebody else takes it, so whoever starts a server on
 * one must be ready to be told "address in use" and ask again; `start-on-port.ts` does. */
import { createServer } from 'node:net';
import { HoldfastError } from '../errors';

export const loopback = '127.0.0.1';

const searchWidth = 200;

export interface PortRequest {
  /** Tried first, then the ones that follow. 0 or absent: any port the system has free. */
  readonly preferred?: number;
  /** Ports that are spoken for although nobody listens yet. */
  readonly except?: readonly number[];
}

/** Opens a listener for a moment. @returns the port, undefined when it is taken or not ours to open. */
function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: loopback, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}

/** @throws Service.Unreachable when none of the 200 ports from the preferred one on is free */
export async function findFreePort({ preferred = 0, except = [] }: PortRequest = {}): Promise<number> {
  const last = Math.min(preferred + searchWidth, 65_536);
  const candidates = preferred === 0 ? [0, 0, 0] : Array.from({ length: last - preferred }, (_, i) => preferred + i);
  for (const candidate of candidates) {
    if (except.includes(candidate) && candidate !== 0) continue;
    const port = await tryPort(candidate);
    if (port !== undefined && !except.includes(port)) return port;
  }
  const where = preferred === 0 ? 'the system' : `${preferred}–${last - 1}`;
  throw new HoldfastError('Service.Unreachable', `No free port on ${loopback} (${where}). End what listens there.`);
}
