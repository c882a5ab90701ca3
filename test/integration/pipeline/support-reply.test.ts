import { connect } from '../../../src/client';
import type { HoldfastClient, RunHandle } from '../../../src/client';
import type { SupportReply } from '../../../src/contracts/pipelines/support-reply';
import type { FaultInput } from '../../../src/simulator';
import { startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';
import { writeWithTime } from './shipped-with-time';

const smart = ['openai-eastus', 'openai-westus'];
const everyModel = [...smart, 'openai-mini', 'anthropic-main'];
const template = 'I cannot answer this right now. A colleague has your message and takes over in this chat.';

describe('supportReply', () => {
  let harness: Harness;
  let client: HoldfastClient;
  let asked = 0;
  beforeAll(async () => {
    harness = await startHarness({ config: 'shipped' });
    harness.environment['HOLDFAST_CONFIG'] = writeWithTime(harness.outputDirectory, 'support.reply');
    await harness.startWorker();
    // Unlike the harness's own it reads streams.
    client = await connect({ environment: harness.environment });
  });
  afterAll(async () => {
    await client.close();
    await harness.stop();
  });
  afterEach(() => harness.simulator.clearFaults());

  const start = (question: string, tenant?: string): Promise<RunHandle> =>
    client.start('supportReply', { question }, { id: `reply-${asked++}`, ...(tenant && { tenant }) });
  const ask = async (question: string, tenant?: string): Promise<SupportReply> =>
    (await start(question, tenant)).result<SupportReply>();
  const putFault = async (endpoints: readonly string[], fault: FaultInput): Promise<void> => {
    for (const endpoint of endpoints) await harness.simulator.addFault({ ...fault, endpoint });
  };
  const calls = async (since: number): Promise<number> =>
    (await harness.simulator.ledger({ since })).filter(({ operation }) => operation === 'create').length;
  const now = async (): Promise<number> => (await harness.simulator.ledger()).at(-1)?.seq ?? 0;

  test('answers by the best model, and the caller reads along', async () => {
    const run = await start('Where do I see when my card arrives?');
    let text = '';
    for await (const chunk of run.stream('support.reply')) {
      if (chunk.kind === 'reset') text = '';
      if (chunk.kind === 'text') text += chunk.text;
    }
    const reply = await run.result<SupportReply>();
    expect(reply).toMatchObject({ source: 'model', degraded: false });
    expect(smart).toContain(reply.servedBy);
    expect(JSON.parse(text)).toEqual({ reply: reply.reply, handOver: reply.handOver });
  });

  test('an answer that is no JSON is mended once, by another call', async () => {
    const since = await now();
    await harness.simulator.addFault({ kind: 'invalidJson', count: 1 });
    expect(await ask('Can I get a second card?')).toMatchObject({ source: 'model', degraded: false });
    expect(await calls(since)).toBe(2);
  });

  test.each([
    [{ kind: 'promptBlocked', count: 1 }, 'the filter of the provider refuses the question'],
    [{ kind: 'contentFilter', count: 1 }, 'the filter of the provider ends the answer half-way'],
    [{ kind: 'refusal', count: 1 }, 'the model declines'],
  ] as const)('%j: %s, so the customer gets the safe text and no other model is asked', async (fault, _) => {
    const since = await now();
    await harness.simulator.addFault(fault);
    expect(await ask(`How do I cheat on ${fault.kind}?`)).toEqual({
      reply: template,
      handOver: true,
      source: 'safe',
      servedBy: 'template',
      degraded: true,
      reason: 'Llm.ContentFiltered',
    });
    expect(await calls(since)).toBe(1);
  });

  test('with the best model dead the small one answers, and with that dead another provider', async () => {
    await putFault(smart, { kind: 'status', status: 503 });
    expect(await ask('Why was I charged a fee?')).toMatchObject({
      source: 'model',
      servedBy: 'openai-mini',
      degraded: true,
      reason: 'Llm.Overloaded',
    });
    await putFault(['openai-mini'], { kind: 'status', status: 503 });
    expect(await ask('Which currencies can I hold?')).toMatchObject({ source: 'model', servedBy: 'anthropic-main' });
  });

  test('with every model dead it is an earlier answer of the same tenant, else the template', async () => {
    const question = 'What is the limit of a top-up?';
    const earlier = await ask(question, 'acme');
    expect(earlier.source).toBe('model');
    await putFault(everyModel, { kind: 'status', status: 503 });
    expect(await ask(question, 'acme')).toMatchObject({ source: 'cached', servedBy: 'cache', reply: earlier.reply });
    expect(await ask(question, 'other')).toMatchObject({ source: 'template', reply: template, handOver: true });
  });

  test('a tenant that nobody has declared is served like any other', async () => {
    expect(await ask('How do I change my PIN?', 'never-heard-of')).toMatchObject({
      reply: expect.any(String) as string,
    });
  });

  test.each([
    ['an empty question', { question: ' ' }],
    ['a question of 3 MB', { question: 'a'.repeat(3_000_000) }],
    ['no question', {}],
  ])('refuses %s before anything is started', async (_, input) => {
    const refused = client.start('supportReply', input, { id: 'refused' });
    await expect(refused).rejects.toMatchObject({ type: 'Pipeline.InvalidInput', details: { field: 'question' } });
    await expect(client.run('supportReply:refused').describe()).rejects.toMatchObject({
      type: 'Pipeline.NotFound',
    });
  });

  test('refuses the malformed name of a tenant', async () => {
    await expect(start('Where is my money?', 'acme/../other')).rejects.toMatchObject({
      type: 'Pipeline.InvalidInput',
      message: expect.stringContaining('tenant') as string,
    });
  });

  test('an input that went past the client ends the run with its type, before anything is bought', async () => {
    const since = await now();
    const handle = await harness.temporal.workflow.start('supportReply', {
      taskQueue: harness.taskQueue,
      workflowId: `supportReply:raw-${harness.taskQueue}`,
      args: [{ question: 7 }],
    });
    await expect(client.run(handle.workflowId).result()).rejects.toMatchObject({
      details: { failure: 'Pipeline.InvalidInput' },
    });
    expect(await calls(since)).toBe(0);
  });

  test('a start that leaves no time for the call is not waited for: the next tier answers at once', async () => {
    await putFault(smart, { kind: 'rateLimit', retryInMs: 18_000 });
    expect(await ask('Is there a fee for cash?')).toMatchObject({ servedBy: 'openai-mini', reason: 'Llm.RateLimited' });
    const since = await now();
    expect(await ask('May I have a joint account?')).toMatchObject({
      servedBy: 'openai-mini',
      reason: 'Capacity.Timeout',
    });
    expect(await calls(since)).toBe(1);
  });
});
