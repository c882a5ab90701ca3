/** What stands between the holders and Redis: it can point elsewhere, cut every connection, and be slow. */
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { loopback } from '../../src/stack';

export interface TcpProxy {
  readonly port: number;
  /** New connections go to this port of this machine from now on; the open ones are cut. */
  pointTo(port: number): void;
  /** Everything that comes from now on, from either side, is passed on so much later. */
  delayBy(ms: number): void;
  close(): Promise<void>;
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  let target = targetPort;
  let delayMs = 0;
  const open = new Set<Socket>();
  const cut = (): void => open.forEach((socket) => void socket.destroy());
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: target, host: loopback, noDelay: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      passOn(from, to, () => delayMs);
      // What is broken on one side is broken on the other.
      from
        .on('error', () => undefined)
        .on('close', () => {
          open.delete(from);
          to.destroy();
        });
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, loopback, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    pointTo: (port) => {
      target = port;
      cut();
    },
    delayBy: (ms) => void (delayMs = ms),
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      cut();
      await closed;
    },
  };
}

/** In order, also when the delay shrinks while something is on its way. */
function passOn(from: Socket, to: Socket, delayMs: () => number): void {
  let last = Promise.resolve();
  from.on('data', (chunk) => {
    const due = performance.now() + delayMs();
    last = last.then(async () => {
      const leftMs = due - performance.now();
      if (leftMs > 0) await sleep(leftMs);
      if (!to.destroyed) to.write(chunk);
    });
  });
}
