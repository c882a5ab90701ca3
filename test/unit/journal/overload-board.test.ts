import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { openOverloadBoard } from '../../../src/journal/overload-board';

/** Reads once and tells how long it took. */
async function read(url: string): Promise<{ notice: unknown; tookMs: number }> {
  const board = openOverloadBoard(url, 'test:');
  const startedAt = performance.now();
  const notice = await board.read('researchReport');
  board.close();
  return { notice, tookMs: performance.now() - startedAt };
}

describe('openOverloadBoard', () => {
  test.each(['redis://127.0.0.1:1', 'redis-cluster://127.0.0.1:1'])(
    'with nobody at %s there is no notice, and a start waits no longer than its budget',
    async (url) => {
      const { notice, tookMs } = await read(url);
      expect(notice).toBeUndefined();
      expect(tookMs).toBeLessThan(1_000);
    },
  );

  test('a Redis that hangs costs a start its budget and refuses nothing', async () => {
    const server = await new Promise<Server>((resolve) => {
      const made = createServer((socket) => void socket.resume());
      made.listen(0, '127.0.0.1', () => resolve(made));
    });
    const { notice, tookMs } = await read(`redis://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(notice).toBeUndefined();
    expect(tookMs).toBeGreaterThan(150);
    expect(tookMs).toBeLessThan(1_000);
    await new Promise((closed) => server.close(closed));
  });

  test('an address that is none is told at once', () => {
    expect(() => openOverloadBoard('http://redis', 'test:')).toThrow(
      expect.objectContaining({ type: 'Config.Invalid', message: expect.stringContaining('"http://redis"') }),
    );
  });
});
