/** ensembleTriage: one message to three models at once; two of them are enough, and the most votes count. */
import { parseTriageInput } from '../../contracts/pipelines/ensemble-triage';
import type { Triage, TriageInput, TriageResult } from '../../contracts/pipelines/ensemble-triage';
import { ensemble } from '../primitives/ensemble';
import { step } from '../primitives/step';

export async function ensembleTriage(input: TriageInput): Promise<TriageResult> {
  const { message } = parseTriageInput(input);
  const {
    value,
    decidedBy,
    votes = {},
    failed,
    degraded,
    costUsd,
  } = await ensemble<Triage>(
    {
      smart: () => step<Triage>('triage.smart', { message }),
      claude: () => step<Triage>('triage.claude', { message }),
      mini: () => step<Triage>('triage.mini', { message }),
    },
    { name: 'triage', decide: { vote: ({ department }) => department, onTie: 'first' } },
  );
  return {
    ...value,
    decidedBy,
    votes,
    failed: failed.map(({ member, type }) => ({ member, type })),
    degraded,
    costUsd,
  };
}
