/** The peers against the modelled provider: whether the harness tells the careless from the careful. */
import { createPeer, peerNames } from '../../../../bench/capacity/clients/peers';
import type { PeerName } from '../../../../bench/capacity/clients/peers';
import type { Cell } from '../../../../bench/capacity/matrix';
import type { RunResult } from '../../../../bench/capacity/measure';
import { planOf } from '../../../../bench/capacity/plan';
import { createPopulation, virtualSizes } from '../../../../bench/capacity/population';
import { runCell } from '../../../../bench/capacity/virtual/run-cell';

const population = createPopulation(1, virtualSizes);

function run(peer: PeerName, cell: Cell): Promise<RunResult> {
  return runCell(planOf(cell, { seed: 1, population, perSecond: 3 }), (setting) => createPeer(peer, setting));
}

const bucket: Cell = { provider: 'openai', binding: 'tokens', window: 'bucket1s', regions: 1, overload: 1.2 };

describe('runCell', () => {
  test('gives the same result for the same seed', async () => {
    expect(await run('reactiveRetry', bucket)).toEqual(await run('reactiveRetry', bucket));
  });

  test.each(peerNames)('lets a bucket of one second refuse %s', async (peer) => {
    const { rateLimited, sent } = await run(peer, bucket);
    expect(rateLimited / sent).toBeGreaterThan(0.001);
  });

  test('refuses next to nothing to a minute counter that counts as the provider does', async () => {
    // Both count a minute, but not from the same second: only around its ends do they differ.
    const { rateLimited, sent, utilisation } = await run('minuteCounter', {
      ...bucket,
      window: 'bucket60s',
      overload: 3,
    });
    expect(rateLimited / sent).toBeLessThan(0.001);
    expect(utilisation).toBeGreaterThan(0.95);
  });

  test('shows what a share per process leaves unused, or is refused', async () => {
    const { rateLimited, utilisation } = await run('bottleneck', { ...bucket, window: 'slidingMinute', overload: 3 });
    expect(rateLimited > 0 || utilisation < 0.99).toBe(true);
  });
});
