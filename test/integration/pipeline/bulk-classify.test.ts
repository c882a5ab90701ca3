/** `bulkClassify` with the shipped configuration: small lists, every way an item can end. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunHandle } from '../../../src/client';
import type { BulkClassifyInput, BulkResult, BulkSummary } from '../../../src/contracts/pipelines/bulk-classify';
import { openCapacity } from '../../../src/workers/open-capacity';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

describe('bulkClassify', () => {
  let harness: Harness;
  let documents: string;
  let questions: string[];
  beforeAll(async () => {
    harness = await startHarness({ config: 'shipped' });
    documents = await mkdtemp(join(tmpdir(), 'holdfast-bulk-'));
    questions = (await readFile('examples/banking77/questions.jsonl', 'utf8')).split('\n');
    harness.environment['HOLDFAST_DOCUMENTS'] = documents;
    // What is tested is not the waiting for a quota.
    const limits = { rpm: 60_000, tpm: 60_000_000, concurrency: 16 };
    const latency = { firstTokenMs: 20, sigma: 0.1, tokensPerSecond: 2_000 };
    for (const name of ['openai-mini', 'openai-eastus', 'openai-westus']) {
      await harness.simulator.putEndpoint(name, { provider: 'openai', apiKey: `key-${name}`, limits, latency });
    }
    const config = await readFile(harness.environment['HOLDFAST_CONFIG'] ?? '', 'utf8');
    const file = join(harness.outputDirectory, 'wide.yaml');
    const wide = config.replaceAll(/rpm: \d+, tpm: [\d_]+/g, 'rpm: 60_000, tpm: 60_000_000');
    await writeFile(file, wide.replace('gather: 30s', 'gather: 1s'));
    harness.environment['HOLDFAST_CONFIG'] = file;
    await harness.startWorker();
  });
  afterAll(async () => {
    await harness.stop();
    await rm(documents, { recursive: true });
  });
  afterEach(() => harness.simulator.clearFaults());
  beforeEach(() => harness.simulator.clearLedger());

  let started = 0;
  const start = (input: BulkClassifyInput): Promise<RunHandle> =>
    harness.client.start('bulkClassify', input, { id: `bulk-${started++}-${harness.taskQueue}` });
  const summaryOf = async (input: BulkClassifyInput): Promise<BulkSummary> =>
    (await start(input)).result<BulkSummary>();
  const put = (name: string, lines: readonly string[]): Promise<void> =>
    writeFile(join(documents, name), lines.join('\n'));
  const resultsOf = async ({ results }: BulkSummary): Promise<BulkResult[]> =>
    (await readFile(results?.path ?? '', 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as BulkResult);
  const items = (count: number): { id: string; text: string }[] =>
    Array.from({ length: count }, (_, index) => ({ id: `q${index}`, text: `Where is card ${index}?` }));

  test('classifies every question of a file once, and writes the results in its order', async () => {
    const lines = questions.slice(0, 24);
    await put('some.jsonl', lines);
    const run = await start({ source: 'some.jsonl', concurrency: 10 });
    const summary = await run.result<BulkSummary>();
    expect(summary).toMatchObject({ total: 24, classified: 24, failed: 0 });
    const results = await resultsOf(summary);
    expect(results.map(({ id, expected }) => [id, expected])).toEqual(
      lines.map((line) => JSON.parse(line) as { id: string; intent: string }).map(({ id, intent }) => [id, intent]),
    );
    const right = results.filter((result) => 'intent' in result && result.intent === result.expected).length;
    expect(summary.accuracy).toMatchObject({ known: 24, right, share: right / 24 });
    expect((await harness.simulator.ledger()).filter(({ billed }) => billed)).toHaveLength(24);
    const { progress, totals } = await run.status();
    expect(progress?.[0]).toMatchObject({ name: 'bulk.classify', done: 24, failed: 0, total: 24 });
    expect(totals.costUsd).toBeCloseTo(summary.costUsd, 6);
  });

  test('an empty list is an empty result', async () => {
    await put('empty.jsonl', []);
    const nothing = { total: 0, classified: 0, failed: 0, costUsd: 0 };
    for (const input of [{ source: 'empty.jsonl' }, { items: [] }]) {
      const summary = await summaryOf(input);
      expect(summary).toMatchObject(nothing);
      expect(summary.results).toBeUndefined();
    }
  });

  test('what is wrong with a line is the result of that line: nobody is asked, the others go on', async () => {
    const good = items(3).map((item) => JSON.stringify(item));
    const bad = [
      '{"id": "cut',
      JSON.stringify({ id: 'q0', text: 'again' }),
      `{"id":"huge","text":"${'x'.repeat(3_000_000)}"}`,
    ];
    await put('bad.jsonl', [...good, ...bad]);
    const summary = await summaryOf({ source: 'bad.jsonl', tolerate: 3 });
    expect(summary).toMatchObject({ total: 6, classified: 3, failed: 3, failures: { 'Pipeline.InvalidInput': 3 } });
    const told = (await resultsOf(summary)).map((result) => ('failure' in result ? result.failure.message : result.id));
    expect(told).toEqual([
      'q0',
      'q1',
      'q2',
      'line 4: is not JSON',
      'line 5: its id is that of line 1 too: q0',
      'line 6: has 3000023 characters, at most 100000 are taken',
    ]);
    expect(await harness.simulator.ledger()).toHaveLength(3);
  });

  test('with more of them than are tolerated nobody is asked at all', async () => {
    await put('worse.jsonl', ['no', 'no', JSON.stringify(items(1)[0])]);
    await expect(summaryOf({ source: 'worse.jsonl', tolerate: 1 })).rejects.toMatchObject({
      details: { failure: 'Pipeline.ItemsFailed' },
      message: expect.stringContaining('2 of 3 items failed, 1 are tolerated') as string,
    });
    expect(await harness.simulator.ledger()).toEqual([]);
  });

  test.each([
    ['is not there', 'missing.jsonl', 'does not exist below the document folder'],
    ['lies outside', '../secret.jsonl', 'leaves the document folder'],
  ])('a source that %s fails the run as such', async (_, source, message) => {
    await expect(summaryOf({ source })).rejects.toMatchObject({
      details: { failure: 'Pipeline.InvalidInput' },
      message: expect.stringContaining(message) as string,
    });
  });

  test('an item of three megabytes in the input is refused before anything is started', async () => {
    const item = { id: 'huge', text: 'x'.repeat(3_000_000) };
    await expect(start({ items: [item] })).rejects.toMatchObject({
      type: 'Pipeline.InvalidInput',
      message:
        'bulkClassify: items[0]: text: expected text of 1 to 20000 characters, received text of 3000000 characters',
    });
  });

  test('an item whose model breaks its JSON is answered by the next tier', async () => {
    await harness.simulator.addFault({ endpoint: 'openai-mini', kind: 'invalidJson', text: '{"intent": "none"}' });
    const summary = await summaryOf({ items: items(2), concurrency: 2 });
    expect(summary).toMatchObject({ classified: 2, servedByTier: { 1: 2 }, degraded: 2 });
    for (const result of await resultsOf(summary)) expect(result).toMatchObject({ tier: 1, degraded: true });
    // The first answer and its repair, twice: paid for, and part of the cost.
    const mini = await harness.simulator.ledger({ endpoint: 'openai-mini' });
    expect(mini.filter(({ billed }) => billed)).toHaveLength(4);
  });

  test('by price they go into batches of the provider, for half of it', async () => {
    const lane = await summaryOf({ items: items(8) });
    await harness.simulator.clearLedger();
    const batch = await summaryOf({ items: items(8), prefer: 'price' });
    expect(batch).toMatchObject({ classified: 8, servedByTier: { 0: 8 }, degraded: 0 });
    const calls = (await harness.simulator.ledger()).filter(({ billed }) => billed);
    expect(calls).toHaveLength(8);
    const batches = new Set(calls.map(({ batchId }) => batchId));
    expect(batches.has(undefined)).toBe(false);
    expect(batches.size).toBeLessThan(8);
    expect(batch.costUsd / lane.costUsd).toBeCloseTo(0.5, 1);
  });

  test('what the batch does not answer is asked in the lane', async () => {
    const fault = { endpoint: 'openai-mini', operation: 'batchItem', kind: 'status', status: 500, count: 1 } as const;
    await harness.simulator.addFault(fault);
    const summary = await summaryOf({ items: items(4), prefer: 'price' });
    expect(summary).toMatchObject({ classified: 4, servedByTier: { 0: 3, 1: 1 }, degraded: 1 });
  });

  test('an item that no model may answer fails alone', async () => {
    await harness.simulator.addFault({ endpoint: 'openai-mini', kind: 'contentFilter', count: 1 });
    const summary = await summaryOf({ items: items(4), concurrency: 1, tolerate: 1 });
    expect(summary).toMatchObject({ classified: 3, failed: 1, failures: { 'Llm.ContentFiltered': 1 } });
    expect((await resultsOf(summary))[0]).toMatchObject({ id: 'q0', failure: { type: 'Llm.ContentFiltered' } });
  });

  test('more failed items than are tolerated end the run', async () => {
    await harness.simulator.addFault({ endpoint: 'openai-mini', kind: 'contentFilter' });
    await expect(summaryOf({ items: items(4), tolerate: '25%' })).rejects.toMatchObject({
      details: { failure: 'Pipeline.ItemsFailed' },
    });
  });

  test('cancelled, it gives back every slot and every place in the queue, and writes nothing', async () => {
    await harness.simulator.addFault({ endpoint: 'openai-mini', kind: 'hangBeforeHeaders', forMs: 3_000_000 });
    const run = await start({ items: items(30), concurrency: 30 });
    const calls = () => harness.simulator.ledger({ endpoint: 'openai-mini' });
    await eventually(
      'calls in flight',
      async () => (await calls()).filter(({ outcome }) => outcome === 'running').length >= 8,
    );
    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ details: { failure: 'Cancelled' } });
    await eventually('the closed sockets', async () => (await calls()).every(({ outcome }) => outcome === 'aborted'));
    const capacity = await openCapacity(harness.environment);
    try {
      const { endpoints, waiting } = await capacity.inspect('mini');
      expect([endpoints[0]?.inFlight, waiting.batch]).toEqual([0, 0]);
    } finally {
      await capacity.close();
    }
  });

  // The last one: the breaker that it opens is still open when it has ended.
  test('a list whose model is dead goes on with the next one, and does not wait for the breaker', async () => {
    await harness.simulator.addFault({ endpoint: 'openai-mini', kind: 'status', status: 503 });
    const summary = await summaryOf({ items: items(60), concurrency: 12 });
    expect(summary).toMatchObject({ classified: 60, servedByTier: { 1: 60 }, degraded: 60 });
    // Once the breaker is open, the others do not even ask.
    const dead = await harness.simulator.ledger({ endpoint: 'openai-mini' });
    expect(dead.length).toBeGreaterThan(0);
    expect(dead.length).toBeLessThan(50);
  });
});
