import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TriageResult } from '../../../src/contracts/pipelines/ensemble-triage';
import type { AgentAnswer, RetrievalAnswer } from '../../../src/contracts/pipelines/retrieval-answer';
import type { LedgerEntry } from '../../../src/simulator/ledger';
import { startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

const book = 'books/how-to-listen-to-music.txt';

/** The shipped pipelines by their shipped configuration, on the real book. */
describe('pipelines of agents', () => {
  let harness: Harness;
  let runs = 0;
  beforeAll(async () => {
    harness = await startHarness({ config: 'shipped' });
    await harness.startWorker();
  });
  beforeEach(async () => {
    await harness.simulator.clearFaults();
    await harness.simulator.clearLedger();
  });
  afterAll(() => harness.stop());

  const run = async <T>(pipeline: string, input: object): Promise<T> =>
    (await harness.client.start(pipeline, input, { id: `${pipeline}-${harness.taskQueue}-${runs++}` })).result<T>();
  const callsTo = async (endpoint: string): Promise<readonly LedgerEntry[]> => harness.simulator.ledger({ endpoint });

  test('retrievalAnswer finds the chapters of its question, and every citation stands in the book', async () => {
    const question = 'What do the oboe, the clarinet and the bassoon of the wood-wind choir sound like?';
    const first = await run<RetrievalAnswer>('retrievalAnswer', { question, source: book });
    const text = (await readFile(join(harness.environment['HOLDFAST_DOCUMENTS'] ?? '', book), 'utf8')).replaceAll(
      /\s+/g,
      ' ',
    );
    expect(first.citations.length).toBeGreaterThan(0);
    // The book's notes and side notes are set apart, so a quotation is looked for by its first words.
    for (const { quote } of first.citations) expect(text).toContain(quote.replaceAll(/\s+/g, ' ').slice(0, 30));
    expect(first).toMatchObject({
      embeddingModel: 'text-embedding-3-small',
      servedBy: expect.stringMatching(/^openai-/) as string,
    });
    expect(first.passages).toHaveLength(6);
    // Chapter 4 is the one about the instruments of the orchestra.
    expect(first.passages.filter(({ chapter }) => chapter === 4).length).toBeGreaterThanOrEqual(3);
    const bought = (await callsTo('openai-embed')).length;
    expect(bought).toBeGreaterThan(3);
    await harness.simulator.clearLedger();
    await run<RetrievalAnswer>('retrievalAnswer', { question: 'What is a symphony?', source: book });
    // Only the new question: the vectors of the book were kept.
    expect(await callsTo('openai-embed')).toHaveLength(1);
  });

  test('ensembleTriage lets three models vote, and goes on by two when one is down', async () => {
    const whole = await run<TriageResult>('ensembleTriage', { message: 'The oboe lessons of my daughter' });
    expect(Object.values(whole.votes).reduce((sum, count) => sum + count, 0)).toBe(3);
    await harness.simulator.addFault({ endpoint: 'openai-mini', kind: 'status', status: 401 });
    await harness.simulator.addFault({ endpoint: 'anthropic-main', kind: 'status', status: 401 });
    const degraded = await run<TriageResult>('ensembleTriage', { message: 'Two tickets, please' });
    expect(degraded).toMatchObject({ degraded: true, failed: [{ member: 'mini' }] });
  });

  test('sourceAgents ends each agent by its answer or its cap; together they never meet a 429', async () => {
    const questions = [
      'What is a symphony?',
      'What is a fugue?',
      'What does a conductor do?',
      'How does one hear a choir?',
    ];
    const answers = await run<AgentAnswer[]>('sourceAgents', { questions, maxTurns: 2 });
    expect(answers.map(({ question }) => question)).toEqual(questions);
    for (const { ended, turns, answer } of answers) {
      expect(['done', 'Pipeline.LoopLimit']).toContain(ended);
      expect(turns).toBeLessThanOrEqual(2);
      expect(answer).not.toBe('');
    }
    const calls = await harness.simulator.ledger();
    expect(calls.filter(({ status }) => status === 429)).toEqual([]);
    expect(calls.filter(({ endpoint }) => endpoint === 'openai-embed').length).toBeGreaterThanOrEqual(4);
  });
});
