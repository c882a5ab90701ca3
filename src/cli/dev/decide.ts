/** Who answers an approval of the development run. */
import { HoldfastError } from '../../errors';
import type { RunHandle } from '../../client';
import type { FollowOptions } from '../follow-run';
import type { Output } from '../output';
import { askDecision } from '../review/ask-decision';
import type { TypedDecision } from '../review/ask-decision';
import { decideElsewhere, untilDecidedElsewhere } from '../review/decide-elsewhere';

type Decide = NonNullable<FollowOptions['decide']>;

/** Approves by itself, through the public client, as a reviewer's program would. */
export function approveAll(run: RunHandle, output: Output, by: string): Decide {
  return async ({ name }) => {
    await run.decide(name, { outcome: 'approved', by });
    output.text(`approved "${name}" as ${by}`);
  };
}

/** Asks in the terminal. Where there is none, or at Ctrl-D, it says how to decide elsewhere and waits for that. */
export function askPerson(run: RunHandle, output: Output, by: string): Decide {
  return async (approval, elsewhere) => {
    const decision = process.stdin.isTTY
      ? await askDecision(approval, { input: process.stdin, output: output.stream, by, elsewhere })
      : undefined;
    const { name, digest } = approval;
    if (decision !== undefined) return send({ run, name, output, decision: { ...decision, digest } });
    if (!elsewhere.aborted) decideElsewhere(run.workflowId, approval).forEach(output.text);
    await untilDecidedElsewhere(elsewhere);
    output.text(`"${approval.name}" was decided elsewhere`);
  };
}

interface Sending {
  readonly run: RunHandle;
  readonly name: string;
  readonly output: Output;
  readonly decision: TypedDecision;
}

async function send({ run, name, output, decision }: Sending): Promise<void> {
  try {
    await run.decide(name, decision);
    output.text(`${decision.outcome} "${name}"\n`);
  } catch (error) {
    // Too late, or an edit the pipeline cannot use: the run goes on, and what still waits is asked again.
    if (!(error instanceof HoldfastError) || !error.type.startsWith('Approval.')) throw error;
    output.text(`not taken: ${error.message}`);
  }
}
