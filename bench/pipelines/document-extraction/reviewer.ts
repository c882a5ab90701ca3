/** Whoever reviews and reads what nothing else could: they know the right answer, and take their time. */
import type { RunHandle } from '../../../src/client';
import type { PendingApproval } from '../../../src/contracts/approval';
import type { DocumentReview } from '../../../src/contracts/pipelines/extracted-document';
import type { KnownDocument } from '../../documents/generate';
import { scoreOf } from './score';

export interface ReviewerHabits {
  /** From the question to the decision, ms. */
  readonly afterMs: number;
  /** Of the questions that have a deadline, every so-manieth is never answered; 0 = all are. */
  readonly forgetsEvery: number;
}

const lookEveryMs = 500;

/** Decides whatever the run asks until it has ended. */
export async function reviewAll(
  run: RunHandle,
  documents: readonly KnownDocument[],
  habits: ReviewerHabits,
): Promise<void> {
  const byText = new Map(documents.map((document) => [document.text, document]));
  const byId = new Map(documents.map((document) => [document.id, document]));
  const seen = new Map<string, number>();
  const done = new Set<string>();
  let isOver = false;
  const over = run.result().then(
    () => (isOver = true),
    () => (isOver = true),
  );
  const decide = async (question: PendingApproval): Promise<void> => {
    const { name, digest } = question;
    const [, id] = /^fields:(.+)$/.exec(name) ?? [];
    if (id === undefined) {
      const { variables } = question.show as unknown as { variables: { document: string } };
      const known = byText.get(variables.document);
      if (known === undefined) throw new Error(`nobody knows the document of ${name}`);
      const answer = { ...known.answer, confidence: 1 };
      await run.decide(name, {
        outcome: 'answered',
        by: 'ana@acme',
        roles: ['reviewers'],
        digest,
        answer,
      });
      return;
    }
    const shown = question.show as unknown as DocumentReview;
    const known = byId.get(id);
    if (known === undefined) throw new Error(`nobody knows document ${id}`);
    const { right, fields } = scoreOf(shown.fields, known.answer);
    if (right === fields) return run.decide(name, { outcome: 'approved', by: 'ana@acme', digest });
    const content = { ...shown, fields: { ...known.answer, confidence: 1 } };
    return run.decide(name, { outcome: 'edited', by: 'ana@acme', digest, content });
  };
  while (!isOver) {
    // A worker that is busy or being replaced is asked again.
    const { approvals } = await run.status().catch(() => ({ approvals: [] }));
    const now = performance.now();
    for (const question of approvals) {
      if (!seen.has(question.name)) {
        seen.set(question.name, now);
        const asked = [...seen.keys()].filter((name) => !name.startsWith('fields:')).length;
        const isForgotten =
          !question.name.startsWith('fields:') && habits.forgetsEvery > 0 && asked % habits.forgetsEvery === 0;
        if (isForgotten) done.add(question.name);
      }
      if (done.has(question.name) || now - (seen.get(question.name) ?? now) < habits.afterMs) continue;
      done.add(question.name);
      // One that has closed in between needs nobody any more.
      await decide(question).catch((error: unknown) => {
        const { type } = error as { type?: string };
        if (type === 'Service.Unreachable') done.delete(question.name);
        else if (type !== 'Approval.NotWaiting') throw error;
      });
    }
    await Promise.race([over, new Promise((next) => setTimeout(next, lookEveryMs))]);
  }
}
