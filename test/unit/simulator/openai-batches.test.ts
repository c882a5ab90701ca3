/** The simulator's files and batches, through OpenAI's own SDK. */
import type OpenAI from 'openai';
import { eventually, startTestSimulator } from './harness';
import type { TestSimulator } from './harness';

const quick = { processingMs: 0 };

function lineOf(customId: string, changes: object = {}): string {
  const body = { model: 'gpt-5', messages: [{ role: 'user', content: `About ${customId}.` }] };
  return JSON.stringify({ custom_id: customId, method: 'POST', url: '/v1/chat/completions', body, ...changes });
}

async function submit({ openai }: TestSimulator, lines: readonly string[], key = 'k'): Promise<OpenAI.Batch> {
  const file = await openai.files.create({ file: new File([lines.join('\n')], 'in.jsonl'), purpose: 'batch' });
  return openai.batches.create({
    input_file_id: file.id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
    metadata: { key },
  });
}

function ended({ openai }: TestSimulator, { id }: OpenAI.Batch): Promise<OpenAI.Batch> {
  return eventually(async () => {
    const batch = await openai.batches.retrieve(id);
    return ['completed', 'failed', 'expired', 'cancelled'].includes(batch.status) ? batch : undefined;
  });
}

async function linesOf({ openai }: TestSimulator, file: string | undefined): Promise<Line[]> {
  if (file === undefined) return [];
  const text = await (await openai.files.content(file)).text();
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

interface Line {
  readonly custom_id: string;
  readonly response: { status_code: number; body: { usage?: { completion_tokens: number } } } | null;
  readonly error: { code: string } | null;
}

describe('the simulator’s OpenAI batches', () => {
  test('answer every request, each with its own line in the ledger', async () => {
    const simulator = await startTestSimulator({ openai: { batch: quick, limits: { rpm: 1 } } });
    const batch = await ended(simulator, await submit(simulator, [lineOf('a'), lineOf('b'), lineOf('c')]));
    expect(batch).toMatchObject({ status: 'completed', request_counts: { total: 3, completed: 3, failed: 0 } });
    const lines = await linesOf(simulator, batch.output_file_id);
    expect(lines.map((line) => line.custom_id).toSorted()).toEqual(['a', 'b', 'c']);
    expect(lines[0]?.response?.body.usage?.completion_tokens).toBeGreaterThan(0);
    const paid = (await simulator.control.ledger()).filter(({ billed }) => billed);
    expect(paid.map(({ callId }) => callId).toSorted()).toEqual(['a', 'b', 'c']);
    expect(new Set(paid.map(({ batchId }) => batchId))).toEqual(new Set([batch.id]));
  });

  test('are listed, latest first, with what they were given to be known by', async () => {
    const simulator = await startTestSimulator({ openai: { batch: quick } });
    await submit(simulator, [lineOf('a')], 'first');
    await submit(simulator, [lineOf('a')], 'second');
    const { data } = await simulator.openai.batches.list({ limit: 1 });
    expect(data.map(({ metadata }) => metadata)).toEqual([{ key: 'second' }]);
    const all: unknown[] = [];
    for await (const { metadata } of simulator.openai.batches.list({ limit: 1 })) all.push(metadata?.['key']);
    expect(all).toEqual(['second', 'first']);
  });

  test.each([
    ['not JSON', ['{'], 'invalid_json_line'],
    ['a custom id twice', [lineOf('a'), lineOf('a')], 'duplicate_custom_id'],
    ['another endpoint', [lineOf('a', { url: '/v1/responses' })], 'invalid_url'],
    ['two models', [lineOf('a'), lineOf('b', { body: { model: 'gpt-4', messages: [] } })], 'mismatched_model'],
    ['a stream', [lineOf('a', { body: { model: 'gpt-5', messages: [], stream: true } })], 'invalid_request'],
    ['nothing', [''], 'empty_file'],
  ])('fail as a whole for %s, and cost nothing', async (_what, lines, code) => {
    const simulator = await startTestSimulator({ openai: { batch: quick } });
    const batch = await ended(simulator, await submit(simulator, lines));
    expect(batch.status).toBe('failed');
    expect(batch.errors?.data?.[0]?.code).toBe(code);
    expect((await simulator.control.ledger()).some(({ billed }) => billed)).toBe(false);
  });

  test('fail when the account has too many tokens enqueued', async () => {
    const simulator = await startTestSimulator({ openai: { batch: { processingMs: 600_000, enqueuedTokens: 25 } } });
    await submit(simulator, [lineOf('a')]);
    await simulator.control.putEndpoint('o', {
      provider: 'openai',
      apiKey: 'key-o',
      batch: { ...quick, enqueuedTokens: 25 },
    });
    const batch = await ended(simulator, await submit(simulator, [lineOf('b'), lineOf('c')]));
    expect(batch.errors?.data?.[0]?.code).toBe('token_limit_exceeded');
  });

  test('expire part-way: what was done is there, the rest is told', async () => {
    const simulator = await startTestSimulator({ openai: { batch: quick } });
    await simulator.control.addFault({ kind: 'batchExpired', share: 0.5 });
    const batch = await ended(
      simulator,
      await submit(
        simulator,
        ['a', 'b', 'c', 'd'].map((id) => lineOf(id)),
      ),
    );
    expect(batch).toMatchObject({ status: 'expired', request_counts: { completed: 2, failed: 2 } });
    expect(await linesOf(simulator, batch.output_file_id)).toHaveLength(2);
    const unrun = await linesOf(simulator, batch.error_file_id);
    expect(unrun.map(({ error }) => error?.code)).toEqual(['batch_expired', 'batch_expired']);
  });

  test('are cancelled; what is left is told', async () => {
    const simulator = await startTestSimulator({ openai: { batch: { processingMs: 500 } } });
    const batch = await submit(simulator, [lineOf('a')]);
    expect((await simulator.openai.batches.cancel(batch.id)).status).toBe('cancelling');
    expect((await ended(simulator, batch)).status).toBe('cancelled');
    await expect(simulator.openai.batches.cancel(batch.id)).rejects.toMatchObject({ status: 409 });
  });

  test('a request that the model refuses is an error of its own', async () => {
    const simulator = await startTestSimulator({ openai: { batch: quick } });
    const bad = lineOf('bad', { body: { model: 'gpt-5', messages: [], temperature: 0.5 } });
    const batch = await ended(simulator, await submit(simulator, [lineOf('good'), bad]));
    expect(batch.request_counts).toEqual({ total: 2, completed: 1, failed: 1 });
    const [failed] = await linesOf(simulator, batch.error_file_id);
    expect(failed).toMatchObject({ custom_id: 'bad', response: { status_code: 400 } });
  });

  test.each([
    ['a file that is not there', (openai: OpenAI) => openai.files.content('file-none')],
    ['a batch that is not there', (openai: OpenAI) => openai.batches.retrieve('batch_none')],
  ])('answer 404 for %s', async (_what, ask) => {
    const { openai } = await startTestSimulator();
    await expect(ask(openai)).rejects.toMatchObject({ status: 404 });
  });
});
