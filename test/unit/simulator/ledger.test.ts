import { eventually, postAnthropic, postOpenAi, startTestSimulator } from './harness';
import { ask, interfaces } from './interfaces';
import { sectionPrompt } from './passages';

const messages = [{ role: 'user' as const, content: sectionPrompt }];

describe('ledger', () => {
  test('an answered request stands with its call id, key, tokens, times and the SDK’s retry count', async () => {
    const { openai, control } = await startTestSimulator();
    const answer = await openai.chat.completions.create(
      { model: 'gpt-5', messages, max_completion_tokens: 40 },
      { headers: { 'X-Client-Request-Id': 'run/step#0/a1' } },
    );
    const [entry] = await control.ledger();
    expect(entry).toEqual({
      seq: 1,
      endpoint: 'o',
      provider: 'openai',
      operation: 'create',
      interface: 'chat',
      apiKey: expect.stringMatching(/^[0-9a-f]{12}$/),
      callId: 'run/step#0/a1',
      model: 'gpt-5',
      receivedAt: Date.UTC(2026, 0, 1),
      firstTokenAt: Date.UTC(2026, 0, 1),
      endedAt: Date.UTC(2026, 0, 1),
      status: 200,
      outcome: 'answered',
      billed: true,
      inputTokens: answer.usage?.prompt_tokens,
      outputTokens: 40,
      chargedTokens: (answer.usage?.prompt_tokens ?? 0) + 40,
      stream: false,
      background: false,
      retryCount: 0,
    });
  });

  test.each(Object.entries(interfaces))('names the interface, the model and the bill of %s', async (name, wire) => {
    const { url, control } = await startTestSimulator();
    await ask(url, wire, { isStream: true });
    expect(await control.ledger()).toMatchObject([
      {
        provider: wire.provider,
        interface: name.replace('Azure ', ''),
        operation: 'create',
        model: wire.model,
        background: false,
        stream: true,
        outcome: 'answered',
        billed: true,
      },
    ]);
  });

  test('rejected requests are not billed', async () => {
    const { url, control } = await startTestSimulator({ openai: { limits: { rpm: 1 } } });
    await postOpenAi(url);
    await postOpenAi(url);
    await postOpenAi(url, {}, { headers: { authorization: 'Bearer wrong' } });
    await fetch(`${url}/elsewhere/v1/messages`, { method: 'POST' });
    const entries = await control.ledger();
    expect(entries.map(({ endpoint, status, outcome, billed }) => [endpoint, status, outcome, billed])).toEqual([
      ['o', 200, 'answered', true],
      ['o', 429, 'rejected', false],
      ['o', 401, 'rejected', false],
      ['elsewhere', 404, 'rejected', false],
    ]);
    expect(entries.map((entry) => entry.chargedTokens > 0)).toEqual([true, false, false, false]);
  });

  test('a client that leaves a stream is billed for what was generated, and generation stops', async () => {
    const { url, control } = await startTestSimulator({
      anthropic: { latency: { firstTokenMs: 0, sigma: 0, tokensPerSecond: 20 } },
    });
    const leave = new AbortController();
    const response = await postAnthropic(url, { messages, stream: true, max_tokens: 5_000 }, { signal: leave.signal });
    for await (const chunk of response.body ?? []) {
      if (new TextDecoder().decode(chunk as Uint8Array).includes('content_block_delta')) break;
    }
    leave.abort();
    const [entry] = await eventually(async () => {
      const entries = await control.ledger();
      return entries[0]?.outcome === 'running' ? undefined : entries;
    });
    expect(entry).toMatchObject({ outcome: 'aborted', billed: true, status: 200 });
    expect(entry?.outputTokens).toBeGreaterThan(0);
    expect(entry?.outputTokens).toBeLessThan(100);
    expect((await control.summary()).endpoints['a']?.inFlight).toBe(0);
    expect((await control.ledger())[0]?.outputTokens).toBe(entry?.outputTokens);
  });

  test('a client that leaves before the first token is not billed', async () => {
    const { url, control } = await startTestSimulator({
      openai: { latency: { firstTokenMs: 60_000, sigma: 0, tokensPerSecond: 50 } },
    });
    const leave = new AbortController();
    const sent = postOpenAi(url, { messages }, { signal: leave.signal }).catch(() => 'left');
    await eventually(async () => ((await control.ledger())[0]?.chargedTokens ?? 0 > 0) || undefined);
    leave.abort();
    await sent;
    const entry = await eventually(async () => (await control.ledger()).find((one) => one.outcome !== 'running'));
    expect(entry).toMatchObject({ outcome: 'aborted', billed: false, outputTokens: 0 });
  });

  test('a request stands in it while it runs', async () => {
    const { url, control } = await startTestSimulator();
    await control.addFault({ kind: 'hangBeforeHeaders' });
    const leave = new AbortController();
    const sent = postOpenAi(url, {}, { signal: leave.signal }).catch(() => 'left');
    const [entry] = await eventually(async () => {
      const entries = await control.ledger();
      return entries.length === 0 ? undefined : entries;
    });
    expect(entry).toMatchObject({ outcome: 'running', billed: false });
    leave.abort();
    await sent;
  });

  test('can be read from a number on, by endpoint, and cleared', async () => {
    const { url, control } = await startTestSimulator();
    await postOpenAi(url);
    await postAnthropic(url);
    await postOpenAi(url);
    expect((await control.ledger({ since: 1 })).map((entry) => entry.seq)).toEqual([2, 3]);
    expect((await control.ledger({ endpoint: 'o' })).map((entry) => entry.seq)).toEqual([1, 3]);
    await control.clearLedger();
    expect(await control.ledger()).toEqual([]);
    await postOpenAi(url);
    expect((await control.ledger()).map((entry) => entry.seq)).toEqual([4]);
  });
});

describe('summary', () => {
  test('counts per endpoint and in all, tokens only of what is billed', async () => {
    const { url, control } = await startTestSimulator({ openai: { limits: { rpm: 2 } } });
    await postOpenAi(url, { messages });
    await control.addFault({ kind: 'status', status: 500, count: 1 });
    await postOpenAi(url, { messages });
    await postOpenAi(url, { messages });
    await postAnthropic(url, { messages, max_tokens: 10 });
    const { endpoints, total, dropped } = await control.summary();
    const [answered] = await control.ledger();
    expect(endpoints['o']).toMatchObject({
      requests: 3,
      answered: 1,
      fault: 1,
      rejected: 1,
      billed: 1,
      rateLimited: 1,
      inputTokens: answered?.inputTokens,
      outputTokens: answered?.outputTokens,
      chargedTokens: 2 * (answered?.chargedTokens ?? 0),
      inFlight: 0,
      maxInFlight: 1,
    });
    expect(endpoints['a']).toMatchObject({ requests: 1, answered: 1, outputTokens: 10, rateLimited: 0 });
    expect(total).toMatchObject({ requests: 4, billed: 2, rateLimited: 1 });
    // A path can be anything, also the name of what every object inherits.
    await fetch(`${url}/constructor/v1/messages`);
    expect((await control.summary()).total.requests).toBe(5);
    expect(dropped).toBe(0);
  });
});
