/** One worker dies at one point; another one takes over. */
import { callsOf, nameOf } from './cases';
import type { CrashCase } from './cases';
import { verify } from './verify';
import type { Outcome } from './verify';
import type { Connected } from './world';

export interface CaseOutcome extends Outcome {
  readonly crash: CrashCase;
  /** The worker did not die where it was told to: nothing was shown. */
  readonly isVoid: boolean;
  readonly tookMs: number;
}

/** An answer that does not match its schema, once, for the kind that is to be repaired. */
const unfit = { kind: 'invalidJson', text: '{"title":"An outline without sections"}', count: 1 } as const;

export async function runCase(connected: Connected, crash: CrashCase, index: number): Promise<CaseOutcome> {
  const { world, connect, temporal } = connected;
  const startedAt = performance.now();
  const corner = await world.openCorner(`case${index}`);
  const client = await connect(corner);
  try {
    if (crash.kind === 'repaired') await world.simulator.addFault({ ...unfit, endpoint: corner.name });
    const input = { step: `chaos.${crash.kind}`, topic: `bells ${index}` };
    const run = await client.start('stepAndEffect', input, { id: corner.name });
    const first = corner.startWorker({ HOLDFAST_CRASH_POINT: `${crash.point}:${crash.nth}` });
    const ended = await Promise.race([
      first.exited,
      run.result().then(
        () => 'nothing',
        () => 'nothing',
      ),
    ]);
    const isVoid = ended !== 'SIGKILL';
    if (isVoid) first.child.kill('SIGKILL');
    const second = corner.startWorker();
    const result = await Promise.race([
      run.result().then(
        () => undefined,
        () => undefined,
      ),
      second.exited,
    ]);
    if (result !== undefined)
      throw new Error(`${nameOf(crash)}: the second worker ended with ${result}:\n${second.log()}`);
    const ledger = await world.simulator.ledger({ endpoint: corner.name });
    const outcome = await verify({ temporal, corner, kind: crash.kind, run, ledger });
    second.child.kill('SIGKILL');
    return { ...outcome, crash, isVoid, tookMs: performance.now() - startedAt };
  } finally {
    await client.close();
  }
}

/** What one case shows, for people. */
export function shown({ crash, lost, doubled, paidExtra, isVoid, tookMs }: CaseOutcome): string {
  const wrong = [
    isVoid ? 'void: the worker was not killed' : undefined,
    lost && `LOST: ${lost}`,
    doubled && `DOUBLED: ${doubled}`,
  ];
  const told = wrong.filter((text) => text !== undefined).join('; ') || 'one result';
  return `${nameOf(crash)}: ${callsOf[crash.kind]} calls, ${paidExtra} paid in vain, ${told} (${(tookMs / 1_000).toFixed(1)} s)`;
}
