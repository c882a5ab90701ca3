/** Both batch clients against the simulator: what is sent, what a line of the results is taken for. */
import type { EndpointSettings } from '../../../../src/contracts/settings';
import { HoldfastError } from '../../../../src/errors/holdfast-error';
import type { BatchContext, BatchLine, BatchProvider, BatchReading } from '../../../../src/providers/batch-provider';
import { createBatchProvider } from '../../../../src/providers/create-batch-provider';
import { controlSimulator, readEndpoint, startSimulator } from '../../../../src/simulator';
import type { RunningSimulator, SimulatorControl } from '../../../../src/simulator';
import { anthropic, apiKey, endpointOf, openai, responses } from '../dialects';
import type { Dialect } from '../dialects';
import { png, strictSchema } from '../openai/model-requests';

let simulator: RunningSimulator;
let control: SimulatorControl;
beforeAll(async () => {
  const endpoint = (name: string, provider: 'openai' | 'anthropic') =>
    readEndpoint(name, { provider, apiKey, batch: { processingMs: 0 } });
  simulator = await startSimulator({
    endpoints: [endpoint('openai', 'openai'), endpoint('responses', 'openai'), endpoint('anthropic', 'anthropic')],
  });
  control = controlSimulator(simulator.url);
});
afterAll(() => simulator.close());
afterEach(() => control.clearFaults());

const dialects = [openai, responses, anthropic];

function endpointAt(dialect: Dialect): EndpointSettings {
  const model = dialect === anthropic ? 'claude-sonnet-5' : 'gpt-5';
  return { ...endpointOf(dialect, `${simulator.url}/${dialect.name}`), model };
}

function batchesOf(dialect: Dialect): BatchProvider {
  const provider = createBatchProvider({ endpoint: endpointAt(dialect), apiKey });
  if (provider === undefined) throw new Error('no batches');
  return provider;
}

const context: BatchContext = { callId: 'batch-test', signal: new AbortController().signal };
const question = (dialect: Dialect, content: string) => ({
  model: endpointAt(dialect).model,
  system: 'Be brief.',
  messages: [{ role: 'user' as const, content, attachments: [png] }],
  parameters: { maxOutputTokens: 200 },
  output: { name: 'Answer', schema: strictSchema },
});

async function ended(batches: BatchProvider, id: string): Promise<BatchReading> {
  for (;;) {
    const reading = await batches.read(id, context);
    if (reading.end !== undefined) return reading;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function linesOf(batches: BatchProvider, reading: BatchReading): Promise<BatchLine[]> {
  const lines: BatchLine[] = [];
  for await (const line of batches.results(reading, context)) lines.push(line);
  return lines;
}

function typeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof HoldfastError ? error.type : String(error);
  }
}

describe.each(dialects.map((dialect) => [dialect.name, dialect] as const))('batches of %s', (name, dialect) => {
  test('are handed in, read, and tell each answer with what it has used', async () => {
    const batches = batchesOf(dialect);
    const requests = ['one', 'two'].map((text) => ({ customId: `key_${text}`, request: question(dialect, text) }));
    const { id } = await batches.submit({ key: 'key', requests }, context);
    const reading = await ended(batches, id);
    expect(reading).toMatchObject({ id, end: 'completed', total: 2, done: 2, problems: [] });
    const lines = await linesOf(batches, reading);
    expect(lines.map(({ customId }) => customId).toSorted()).toEqual(['key_one', 'key_two']);
    for (const line of lines) {
      const answer = batches.answerOf(line, question(dialect, 'one'));
      expect(JSON.parse(answer.text)).toEqual({ a: expect.any(String) });
      expect(answer).toMatchObject({ finishReason: 'stop', model: endpointAt(dialect).model });
      expect(answer.usage.estimated).toBeUndefined();
    }
    await batches.discard(reading, context);
    await expect(linesOf(batches, reading)).rejects.toMatchObject({ details: { status: 404 } });
  });

  test.each([
    ['refusal', 'Llm.ContentFiltered'],
    ['emptyAnswer', 'Llm.EmptyResponse'],
    ['malformedEvent', 'Llm.Truncated'],
  ] as const)('an answer with the fault %s is its own failure', async (kind, type) => {
    await control.addFault({ endpoint: name, kind, operation: 'batchItem' });
    const batches = batchesOf(dialect);
    const { id } = await batches.submit(
      { key: 'k', requests: [{ customId: 'k_1', request: question(dialect, kind) }] },
      context,
    );
    const [line] = await linesOf(batches, await ended(batches, id));
    expect(typeOf(() => line && batches.answerOf(line, question(dialect, kind)))).toBe(type);
  });

  test.each([
    [400, undefined, 'Llm.BadRequest'],
    [500, undefined, 'Llm.ServerError'],
  ])('a request that ends with %d is classified as the same call would be', async (status, _code, type) => {
    await control.addFault({ endpoint: name, kind: 'status', status, operation: 'batchItem' });
    const batches = batchesOf(dialect);
    const { id } = await batches.submit(
      { key: 'k', requests: [{ customId: 'k_1', request: question(dialect, 'x') }] },
      context,
    );
    const [line] = await linesOf(batches, await ended(batches, id));
    expect(typeOf(() => line && batches.answerOf(line, question(dialect, 'x')))).toBe(type);
  });

  test('one that was taken on unheard is found', async () => {
    const sentAtMs = Date.now();
    await control.addFault({ endpoint: name, kind: 'cutStream', operation: 'submitBatch', count: 1 });
    const batches = batchesOf(dialect);
    const requests = [1, 2, 3].map((number) => ({ customId: `lost_${number}`, request: question(dialect, 'x') }));
    await expect(batches.submit({ key: 'lost', requests }, context)).rejects.toMatchObject({ type: 'Llm.Connection' });
    const found = await batches.find({ key: 'lost', count: 3, sentAtMs }, context);
    expect(found).toEqual([{ id: expect.any(String), isCertain: dialect !== anthropic }]);
    const none = await batches.find({ key: 'other', count: 7, sentAtMs }, context);
    expect(none).toEqual([]);
  });

  test('calling off one that is over does nothing', async () => {
    const batches = batchesOf(dialect);
    const { id } = await batches.submit(
      { key: 'k', requests: [{ customId: 'k_1', request: question(dialect, 'x') }] },
      context,
    );
    await ended(batches, id);
    await expect(batches.cancel(id, context)).resolves.toBeUndefined();
  });

  test.each([
    [{ kind: 'html' }, 'Llm.ServerError'],
    [{ kind: 'rateLimit', retryInMs: 7_000 }, 'Llm.RateLimited'],
    [{ kind: 'status', status: 401 }, 'Llm.Authentication'],
  ] as const)('a submission answered with %j is a typed failure after one request', async (fault, type) => {
    await control.addFault({ endpoint: name, operation: 'submitBatch', ...fault });
    await control.clearLedger();
    const requests = [{ customId: 'k_1', request: question(dialect, 'x') }];
    await expect(batchesOf(dialect).submit({ key: 'k', requests }, context)).rejects.toMatchObject({ type });
    const sent = (await control.ledger()).filter(({ operation }) => operation === 'submitBatch');
    expect(sent).toHaveLength(1);
  });
});

describe('createBatchProvider', () => {
  test('has nothing for a provider without a batch interface that we speak', () => {
    const endpoint: EndpointSettings = { ...endpointAt(openai), provider: 'gemini' };
    expect(createBatchProvider({ endpoint, apiKey })).toBeUndefined();
  });
});
