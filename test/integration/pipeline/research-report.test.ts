import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { ResearchReport } from '../../../src/contracts/pipelines/research-report';
import type { Draft } from '../../../src/contracts/pipelines/research-report';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';
import type { RunHandle } from '../../../src/client';

const input = {
  topic: 'How an untrained listener learns to hear an orchestra',
  source: 'books/how-to-listen-to-music.txt',
  sections: 3,
};

describe('researchReport', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await startHarness({ config: 'shipped' });
  });
  afterEach(() => harness.stop());

  const startRun = (): Promise<RunHandle> =>
    harness.client.start('researchReport', input, { id: `report-${harness.taskQueue}` });
  const shownDraft = async (run: RunHandle): Promise<Draft> => {
    const question = await eventually('the approval', async () => (await run.status()).approvals[0], 60_000);
    return question.show as unknown as Draft;
  };
  const paidCalls = async (): Promise<number> =>
    (await harness.simulator.ledger()).filter((entry) => entry.billed).length;

  test('writes a report whose every quote stands in the book, and publishes it as PDF once approved', async () => {
    await harness.startWorker();
    const run = await startRun();
    const draft = await shownDraft(run);
    expect(draft.sections).toHaveLength(3);
    // Words only: the reader joins lines and sets dashes and quotation marks.
    const wordsOf = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ' ');
    const book = await readFile('examples/books/how-to-listen-to-music.txt', 'utf8');
    const words = wordsOf(book.replaceAll(/\[Sidenote:[^\]]*\]/g, ' '));
    const quotes = draft.sections.flatMap((section) => section.citations.map((citation) => citation.quote));
    expect(quotes.length).toBeGreaterThanOrEqual(3);
    expect(quotes.filter((quote) => !words.includes(wordsOf(quote)))).toEqual([]);

    await run.decide('publish', { outcome: 'approved', by: 'ana@acme' });
    const report = await run.result<ResearchReport>();
    if (report.status !== 'published') throw new Error(`ended as ${report.status}`);
    const bytes = await readFile(report.pdf.path);
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(report.pdf.sha256);
    expect(report.pdf.pages).toBeGreaterThanOrEqual(4);
    // Outline, three sections, synthesis: five calls, each paid for once, none refused.
    const summary = await harness.simulator.ledger();
    expect(summary.map((entry) => entry.status)).toEqual([200, 200, 200, 200, 200]);
    const { totals } = await run.status();
    expect(totals).toMatchObject({ steps: 5, attempts: 5, degradedSteps: 0 });
    expect(totals.inputTokens).toBe(summary.reduce((sum, entry) => sum + entry.inputTokens, 0));
    expect(totals.outputTokens).toBe(summary.reduce((sum, entry) => sum + entry.outputTokens, 0));
  });

  test('an edited draft is what is printed; a rejected one is not printed at all', async () => {
    await harness.startWorker();
    const run = await startRun();
    const draft = await shownDraft(run);
    await run.decide('publish', {
      outcome: 'edited',
      by: 'ana@acme',
      content: { ...draft, title: 'A Better Title' } as never,
    });
    const report = await run.result<ResearchReport>();
    expect(report).toMatchObject({
      status: 'published',
      decision: { outcome: 'edited', content: { title: 'A Better Title' } },
    });

    const rejected = await harness.client.start('researchReport', input, { id: `rejected-${harness.taskQueue}` });
    await shownDraft(rejected);
    await rejected.decide('publish', { outcome: 'rejected', by: 'ana@acme', comment: 'not yet' });
    expect(await rejected.result()).toMatchObject({ status: 'rejected', decision: { comment: 'not yet' } });
    await expect(stat(`${harness.outputDirectory}/${rejected.workflowId.replace(':', '-')}.pdf`)).rejects.toThrow(
      /ENOENT/,
    );
  });

  test('killed after the last answer and the approval, before the PDF: nothing is bought again', async () => {
    const first = harness.spawnWorker({ HOLDFAST_CRASH_POINT: 'beforeEffect' });
    const run = await startRun();
    await shownDraft(run);
    await run.decide('publish', { outcome: 'approved', by: 'ana@acme' });
    expect(await first.exited).toBe('SIGKILL');
    const paidAtKill = await paidCalls();
    expect(paidAtKill).toBe(5);
    await harness.startWorker();
    expect(await run.result<ResearchReport>()).toMatchObject({ status: 'published' });
    expect(await paidCalls()).toBe(paidAtKill);
  }, 180_000);

  test('a source that does not exist ends the run with a typed error before anything is bought', async () => {
    await harness.startWorker();
    const run = await harness.client.start(
      'researchReport',
      { ...input, source: 'books/nothing.txt' },
      { id: `nosource-${harness.taskQueue}` },
    );
    await expect(run.result()).rejects.toMatchObject({
      details: { failure: 'Pipeline.InvalidInput' },
      message: expect.stringContaining('books/nothing.txt'),
    });
    expect(await harness.simulator.ledger()).toHaveLength(0);
  });
});
