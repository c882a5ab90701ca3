import { summarizeRun } from '../../../../src/cli/dev/run-summary';
import type { Draft, ResearchReport } from '../../../../src/contracts/pipelines/research-report';
import { draft } from '../review/draft';
import { at, runStatus } from '../run-status';

const status = runStatus({
  state: 'completed',
  totals: { steps: 7, attempts: 9, inputTokens: 20_000, outputTokens: 1_467, costUsd: 0.1 + 0.2, degradedSteps: 0 },
});
const content: Draft = draft;
const published: ResearchReport = {
  status: 'published',
  pdf: { path: '/reports/r1.pdf', pages: 12, bytes: 90_000, sha256: 'ab' },
  decision: { outcome: 'approved', content, by: 'ana', at: at(0) },
};
const common = { status, uiUrl: 'http://127.0.0.1:8233/x', wallMs: 1_234.56 };

describe('summarizeRun', () => {
  test('has exactly the fields a script relies on, in this order', () => {
    const summary = summarizeRun({ ...common, result: published, ledger: { billed: 8, rateLimited: 1 } });
    expect(JSON.stringify(summary)).toBe(
      JSON.stringify({
        pipeline: 'researchReport',
        status: 'published',
        runId: 'run-1',
        workflowId: 'researchReport:r1',
        pdf: '/reports/r1.pdf',
        steps: 7,
        attempts: 9,
        paidCalls: 8,
        rateLimited: 1,
        tokens: 21_467,
        costUsd: 0.3,
        uiUrl: 'http://127.0.0.1:8233/x',
        wallMs: 1_235,
      }),
    );
  });

  test('counts completed steps as paid calls where no ledger is', () => {
    expect(summarizeRun({ ...common, result: published })).toMatchObject({ paidCalls: 7, rateLimited: null });
  });

  test('has no PDF when nothing was published', () => {
    const result: ResearchReport = { status: 'rejected', decision: { outcome: 'rejected', content, at: at(0) } };
    expect(summarizeRun({ ...common, result })).toMatchObject({ status: 'rejected', pdf: null });
  });
});
