/** The demos are promises anybody can check, so they are checked here too. Their numbers come from the ledger. */
import { jsonOf, runCli } from './cli';

/** Each brings servers of its own and waits out real timeouts. */
const longMs = 150_000;

describe('holdfast demo', () => {
  test(
    'crash: a worker killed after the last paid answer costs no further call',
    async () => {
      const result = await runCli(['demo', 'crash', '--json']);
      expect(jsonOf(result)).toEqual({
        killed: true,
        paidCallsAtKill: 5,
        paidCallsAtEnd: 5,
        status: 'published',
        recoveryMs: expect.any(Number),
      });
      expect(result.code).toBe(0);
    },
    longMs,
  );

  test(
    'outage: every step is answered by a fallback tier, each in a child workflow',
    async () => {
      const result = await runCli(['demo', 'outage', '--json']);
      expect(jsonOf(result)).toEqual({
        status: 'published',
        degraded: true,
        servedBy: ['anthropic-main'],
        childWorkflows: 5,
        failed: 0,
      });
      expect(result.code).toBe(0);
    },
    longMs,
  );
});
