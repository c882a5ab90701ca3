import type OpenAI from 'openai';
import { BadRequestError, NotFoundError } from 'openai';
import { eventually, startTestSimulator } from './harness';
import type { TestSimulator } from './harness';
import { sectionPrompt } from './passages';

const prompt = { model: 'gpt-5', input: sectionPrompt, background: true as const };
/** A token every 2 ms: slow enough that it is still going on when the client looks. */
const slow = { firstTokenMs: 0, sigma: 0, tokensPerSecond: 500 };
/** Never reaches its end within a test. */
const endless = { firstTokenMs: 0, sigma: 0, tokensPerSecond: 2 };

type Event = OpenAI.Responses.ResponseStreamEvent;

async function readEvents(stream: AsyncIterable<Event>, upTo = Number.POSITIVE_INFINITY): Promise<Event[]> {
  const events: Event[] = [];
  for await (const event of stream) {
    events.push(event);
    if (events.length >= upTo) break;
  }
  return events;
}

const numbersOf = (events: readonly Event[]): number[] => events.map((event) => event.sequence_number);

function idOf(events: readonly Event[]): string {
  const first = events[0];
  if (first?.type !== 'response.created') throw new Error('the stream does not begin with response.created');
  return first.response.id;
}

async function untilOver({ openai }: TestSimulator, id: string): Promise<OpenAI.Responses.Response> {
  return eventually(async () => {
    const response = await openai.responses.retrieve(id);
    return response.status === 'queued' || response.status === 'in_progress' ? undefined : response;
  });
}

describe('background mode', () => {
  test('answers at once with its id, and with the answer when it is there', async () => {
    const simulator = await startTestSimulator({ openai: { latency: slow } });
    const { openai } = simulator;
    const queued = await openai.responses.create(prompt);
    expect(queued).toMatchObject({ status: 'queued', background: true, output: [] });
    const response = await untilOver(simulator, queued.id);
    expect(response.status).toBe('completed');
    expect(response.output_text.length).toBeGreaterThan(50);
    expect(response.usage?.output_tokens).toBeGreaterThan(10);
  });

  test('a stream says first that it is queued', async () => {
    const { openai } = await startTestSimulator();
    const events = await readEvents(await openai.responses.create({ ...prompt, stream: true }));
    expect(events.slice(0, 3).map(({ type }) => type)).toEqual([
      'response.created',
      'response.queued',
      'response.in_progress',
    ]);
    expect(numbersOf(events)).toEqual(events.map((_event, index) => index));
    expect(events.at(-1)?.type).toBe('response.completed');
  });

  test('goes on when the client leaves, and is followed from where it was left to its end', async () => {
    const simulator = await startTestSimulator({ openai: { latency: slow } });
    const { openai, control } = simulator;
    const stream = await openai.responses.create({ ...prompt, stream: true });
    const first = await readEvents(stream, 10);
    stream.controller.abort();
    const after = first.at(-1)?.sequence_number ?? 0;
    const rest = await readEvents(
      await openai.responses.retrieve(idOf(first), { stream: true, starting_after: after }),
    );
    expect(numbersOf([...first, ...rest])).toEqual([...first, ...rest].map((_event, index) => index));
    const last = rest.at(-1);
    const deltas = [...first, ...rest].flatMap((e) => (e.type === 'response.output_text.delta' ? [e.delta] : []));
    if (last?.type !== 'response.completed') throw new Error('the stream did not come to its end');
    expect(deltas.join('')).toBe((await openai.responses.retrieve(idOf(first))).output_text);
    const calls = (await control.ledger()).filter((entry) => entry.operation === 'create');
    expect(calls).toMatchObject([
      { outcome: 'answered', billed: true, outputTokens: last.response.usage?.output_tokens },
    ]);
  });

  test('is replayed from the beginning, also when it is over', async () => {
    const { openai } = await startTestSimulator();
    const events = await readEvents(await openai.responses.create({ ...prompt, stream: true }));
    const replayed = await readEvents(await openai.responses.retrieve(idOf(events), { stream: true }));
    expect(replayed).toEqual(events);
  });

  test('the same request in the foreground says the same', async () => {
    const { openai } = await startTestSimulator();
    const foreground = await openai.responses.create({ ...prompt, background: false });
    const events = await readEvents(await openai.responses.create({ ...prompt, stream: true }));
    expect((await openai.responses.retrieve(idOf(events))).output_text).toBe(foreground.output_text);
  });

  test('a fault cuts the connection, not the answer', async () => {
    const simulator = await startTestSimulator();
    const { openai, control } = simulator;
    const fault = await control.addFault({ kind: 'cutStream', count: 1 });
    const seen: Event[] = [];
    const read = (async () => {
      for await (const event of await openai.responses.create({ ...prompt, stream: true })) seen.push(event);
    })();
    await expect(read).rejects.toThrow();
    expect((await untilOver(simulator, idOf(seen))).status).toBe('completed');
    expect((await control.ledger())[0]).toMatchObject({ outcome: 'answered', billed: true, faultId: fault.id });
  });

  test('an error makes it fail, with an event that says so', async () => {
    const simulator = await startTestSimulator();
    const { openai, control } = simulator;
    await control.addFault({ kind: 'errorEvent', code: 'server_error', count: 1 });
    const events = await readEvents(await openai.responses.create({ ...prompt, stream: true }));
    expect(events.at(-1)).toMatchObject({
      type: 'response.failed',
      sequence_number: events.length - 1,
      response: { status: 'failed', error: { code: 'server_error' } },
    });
    expect(await untilOver(simulator, idOf(events))).toMatchObject({
      status: 'failed',
      error: { code: 'server_error' },
    });
    expect((await control.ledger())[0]).toMatchObject({ outcome: 'fault', billed: false });
  });

  test('fails before its first content at the earliest: its id has been told', async () => {
    const { openai, control } = await startTestSimulator();
    await control.addFault({ kind: 'failedResponse', afterChunks: 0, count: 1 });
    const events = await readEvents(await openai.responses.create({ ...prompt, stream: true }));
    expect(idOf(events)).toMatch(/^resp_/);
    expect(events.map(({ type }) => type)).not.toContain('response.output_text.delta');
    expect(events.at(-1)?.type).toBe('response.failed');
  });

  test('is cancelled: it stops, what was generated is billed, and its place is free', async () => {
    const { openai, control } = await startTestSimulator({ openai: { latency: endless, limits: { concurrency: 1 } } });
    const { id } = await openai.responses.create(prompt);
    await eventually(async () => (await control.ledger())[0]?.firstTokenAt);
    expect((await control.summary()).endpoints['o']?.inFlight).toBe(1);
    expect(await openai.responses.cancel(id)).toMatchObject({ id, status: 'cancelled' });
    await eventually(async () => ((await control.summary()).endpoints['o']?.inFlight === 0 ? true : undefined));
    expect((await control.ledger())[0]).toMatchObject({ outcome: 'aborted', billed: true, responseId: id });
    expect(await openai.responses.cancel(id)).toMatchObject({ status: 'cancelled' });
  });

  test('what is complete can’t be cancelled', async () => {
    const simulator = await startTestSimulator();
    const { id } = await simulator.openai.responses.create(prompt);
    await untilOver(simulator, id);
    await expect(simulator.openai.responses.cancel(id)).rejects.toBeInstanceOf(BadRequestError);
  });

  test('holds its place until it is generated, and asking about it costs nothing', async () => {
    const { openai, control } = await startTestSimulator({
      openai: { latency: endless, limits: { rpm: 3, concurrency: 1 } },
    });
    const { id } = await openai.responses.create(prompt);
    for (let asked = 0; asked < 5; asked += 1) await openai.responses.retrieve(id);
    await expect(openai.responses.create(prompt)).rejects.toMatchObject({ status: 429 });
    await openai.responses.cancel(id);
    const { o } = (await control.summary()).endpoints;
    expect(o).toMatchObject({ requests: 2, rejected: 1, background: 2, retrieves: 6 });
    const asked = (await control.ledger()).filter((entry) => entry.operation !== 'create');
    expect(asked).toHaveLength(6);
    expect(asked.every((entry) => !entry.billed && entry.chargedTokens === 0 && entry.responseId === id)).toBe(true);
  });

  test('what is unknown, or ten minutes old, is a 404', async () => {
    const simulator = await startTestSimulator();
    const { openai, advance } = simulator;
    await expect(openai.responses.retrieve('resp_unknown')).rejects.toBeInstanceOf(NotFoundError);
    const { id } = await openai.responses.create(prompt);
    await untilOver(simulator, id);
    advance(10 * 60_000 - 1);
    expect((await openai.responses.retrieve(id)).status).toBe('completed');
    advance(1);
    await expect(openai.responses.retrieve(id)).rejects.toBeInstanceOf(NotFoundError);
  });

  test('of more than a thousand that are over the oldest is forgotten', async () => {
    const simulator = await startTestSimulator();
    const { openai } = simulator;
    const { id } = await openai.responses.create({ ...prompt, input: 'x', max_output_tokens: 1 });
    await untilOver(simulator, id);
    for (let made = 0; made < 100; made += 1) {
      const sent = Array.from({ length: 10 }, () =>
        openai.responses.create({ ...prompt, input: 'x', max_output_tokens: 1 }),
      );
      await Promise.all(sent);
    }
    await expect(openai.responses.retrieve(id)).rejects.toBeInstanceOf(NotFoundError);
  });

  test('a number to start after that is none is a 400', async () => {
    const { openai, url } = await startTestSimulator();
    const { id } = await openai.responses.create(prompt);
    const response = await fetch(`${url}/o/v1/responses/${id}?stream=true&starting_after=x`, {
      headers: { authorization: 'Bearer key-o' },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param: 'starting_after' } });
  });

  test('a fault strikes what fetches it only when told so', async () => {
    const simulator = await startTestSimulator();
    const { openai, control } = simulator;
    const { id } = await openai.responses.create(prompt);
    await untilOver(simulator, id);
    await control.addFault({ kind: 'status', status: 500, operation: 'retrieve', count: 1 });
    await control.addFault({ kind: 'status', status: 503, operation: 'create', count: 1 });
    await expect(openai.responses.retrieve(id)).rejects.toMatchObject({ status: 500 });
    expect((await openai.responses.retrieve(id)).status).toBe('completed');
    await expect(openai.responses.create(prompt)).rejects.toMatchObject({ status: 503 });
  });

  test('a stream that is fetched can be cut', async () => {
    const { openai, control } = await startTestSimulator();
    const events = await readEvents(await openai.responses.create({ ...prompt, stream: true }));
    await control.addFault({ kind: 'cutStream', operation: 'retrieve', afterChunks: 2 });
    const read = openai.responses.retrieve(idOf(events), { stream: true }).then((stream) => readEvents(stream));
    await expect(read).rejects.toThrow();
  });
});
