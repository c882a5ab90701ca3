import { createHash } from 'node:crypto';
import type { DecisionInput } from '../contracts/approval';
import { canonicalJson } from '../contracts/json';
import type { ApprovalTokens } from '../security/approval-token';

/** Long enough for every repetition of one call. */
const tokenMs = 5 * 60_000;

/** A decision as a caller gives it: what it leaves out is filled in. */
export type GivenDecision = Omit<DecisionInput, 'approval'>;

export interface Deciding {
  readonly workflowId: string;
  readonly approval: string;
  readonly decision: GivenDecision;
  /** Of the question that waits; undefined when none does, and the run says so. */
  readonly digest: string | undefined;
  /** Absent in a client without keys. */
  readonly tokens?: ApprovalTokens;
}

/** The same decision gets the same id, so that it counts once however often it is sent. */
export function completeDecision({ workflowId, approval, decision, digest, tokens }: Deciding): DecisionInput {
  const bound: DecisionInput = { approval, ...decision, ...(digest !== undefined && { digest }) };
  const { by, roles = [] } = bound;
  const id = bound.id ?? idOf(bound);
  if (bound.token !== undefined || tokens === undefined || digest === undefined) return { ...bound, id };
  const token = tokens.sign({ workflowId, approval, digest, by, roles, expiresAtMs: Date.now() + tokenMs });
  return { ...bound, id, token };
}

/** Who proves to be who, and as what, makes no other decision of it. */
function idOf({ approval, outcome, by, digest, comment, content, answer }: DecisionInput): string {
  const said = { approval, outcome, by, digest, comment, content, answer };
  return createHash('sha256').update(canonicalJson(said)).digest('hex').slice(0, 32);
}
