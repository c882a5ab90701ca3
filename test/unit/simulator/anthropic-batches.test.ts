/** The simulator's Message Batches, through Anthropic's own SDK. */
import type Anthropic from '@anthropic-ai/sdk';
import { eventually, startTestSimulator } from './harness';
import type { TestSimulator } from './harness';

const quick = { processingMs: 0 };

function requestOf(customId: string, changes: object = {}): Anthropic.Messages.BatchCreateParams.Request {
  const params = { model: 'claude-sonnet-5', max_tokens: 50, messages: [{ role: 'user' as const, content: customId }] };
  return { custom_id: customId, params: { ...params, ...changes } };
}

async function ended({ anthropic }: TestSimulator, id: string): Promise<Anthropic.Messages.MessageBatch> {
  return eventually(async () => {
    const batch = await anthropic.messages.batches.retrieve(id);
    return batch.processing_status === 'ended' ? batch : undefined;
  });
}

async function resultsOf({ anthropic }: TestSimulator, id: string): Promise<Record<string, string>> {
  const types: Record<string, string> = {};
  for await (const { custom_id, result } of await anthropic.messages.batches.results(id))
    types[custom_id] = result.type;
  return types;
}

describe('the simulator’s Anthropic batches', () => {
  test('answer every request, each with its own line in the ledger', async () => {
    const simulator = await startTestSimulator({ anthropic: { batch: quick } });
    const { id } = await simulator.anthropic.messages.batches.create({ requests: [requestOf('a'), requestOf('b')] });
    const batch = await ended(simulator, id);
    expect(batch.request_counts).toEqual({ processing: 0, succeeded: 2, errored: 0, canceled: 0, expired: 0 });
    expect(await resultsOf(simulator, id)).toEqual({ a: 'succeeded', b: 'succeeded' });
    const paid = (await simulator.control.ledger()).filter(({ billed }) => billed);
    expect(paid.map(({ callId }) => callId).toSorted()).toEqual(['a', 'b']);
  });

  test('tell what was refused, not reached and called off', async () => {
    const simulator = await startTestSimulator({ anthropic: { batch: quick } });
    const { batches } = simulator.anthropic.messages;
    const refused = await batches.create({ requests: [requestOf('bad', { max_tokens: 0 })] });
    await ended(simulator, refused.id);
    expect(await resultsOf(simulator, refused.id)).toEqual({ bad: 'errored' });
    await simulator.control.addFault({ kind: 'batchExpired', share: 0, count: 1 });
    const expired = await batches.create({ requests: [requestOf('late')] });
    await ended(simulator, expired.id);
    expect(await resultsOf(simulator, expired.id)).toEqual({ late: 'expired' });
    await simulator.control.putEndpoint('a', { provider: 'anthropic', apiKey: 'key-a', batch: { processingMs: 500 } });
    const cancelled = await batches.create({ requests: [requestOf('off')] });
    expect((await batches.cancel(cancelled.id)).processing_status).toBe('canceling');
    await ended(simulator, cancelled.id);
    expect(await resultsOf(simulator, cancelled.id)).toEqual({ off: 'canceled' });
  });

  test.each([
    ['no request', []],
    ['a custom id twice', [requestOf('a'), requestOf('a')]],
    ['a custom id of other characters', [requestOf('a b')]],
  ])('are refused at once with %s', async (_what, requests) => {
    const { anthropic } = await startTestSimulator();
    await expect(anthropic.messages.batches.create({ requests })).rejects.toMatchObject({ status: 400 });
  });

  test('answer 429 past the queue of the account, and 404 for results that are not there yet', async () => {
    const simulator = await startTestSimulator({
      anthropic: { batch: { processingMs: 600_000, enqueuedRequests: 1 } },
    });
    const { batches } = simulator.anthropic.messages;
    const { id } = await batches.create({ requests: [requestOf('a')] });
    await expect(batches.create({ requests: [requestOf('b')] })).rejects.toMatchObject({ status: 429 });
    await expect(batches.delete(id)).rejects.toMatchObject({ status: 400 });
    expect((await batches.list()).data.map((batch) => batch.id)).toEqual([id]);
    await expect(simulator.anthropic.get(`/v1/messages/batches/${id}/results`)).rejects.toMatchObject({ status: 404 });
  });
});
