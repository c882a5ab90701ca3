import { faultKinds } from '../../../src/simulator';
import type { FaultInput, FaultKind } from '../../../src/simulator';
import { eventually, startTestSimulator } from './harness';
import { ask, countIn, dataOf, interfaces } from './interfaces';
import type { Interface, Received } from './interfaces';

interface Struck {
  readonly wire: Interface;
  /** The answer with the fault, and another one without. */
  readonly struck: Received;
  readonly sound: Received;
}

interface Row {
  readonly fault: Omit<FaultInput, 'kind'>;
  readonly check: (struck: Struck) => void;
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
const isEnd = ({ wire, struck }: Struck): boolean => wire.end.test(struck.text);
const says =
  (pattern: RegExp | string): Row['check'] =>
  ({ struck }) => {
    if (typeof pattern === 'string') expect(struck.text).toContain(pattern);
    else expect(struck.text).toMatch(pattern);
  };

/** What a stream is like with each fault that leaves a response to look at. */
const rows: Readonly<Partial<Record<FaultKind, Row>>> = {
  status: {
    fault: { status: 503 },
    check: ({ struck }) => {
      expect(struck.response.status).toBe(503);
      expect(JSON.parse(struck.text)).toMatchObject({ error: { message: expect.any(String) } });
    },
  },
  rateLimit: { fault: { retryInMs: 5_000 }, check: ({ struck }) => expect(struck.response.status).toBe(429) },
  emptyBody: { fault: {}, check: ({ struck }) => expect(struck.text).toBe('') },
  html: { fault: {}, check: ({ struck }) => expect(struck.response.headers.get('content-type')).toBe('text/html') },
  emptyAnswer: {
    fault: {},
    check: ({ wire, struck }) => {
      expect(struck.response.status).toBe(200);
      expect(struck.text).not.toMatch(wire.delta);
    },
  },
  invalidJson: {
    fault: {},
    check: (struck) => {
      expect(countIn(struck.struck.text, struck.wire.delta)).toBeLessThan(
        countIn(struck.sound.text, struck.wire.delta),
      );
      expect(isEnd(struck)).toBe(true);
    },
  },
  oddText: {
    fault: {},
    check: (struck) => {
      expect(struck.struck.text).toContain('\\u0000');
      expect(struck.struck.text).toContain('\\ud83d ');
      expect(isEnd(struck)).toBe(true);
    },
  },
  maxTokens: { fault: {}, check: (struck) => says(struck.wire.atCap)(struck) },
  missingUsage: {
    fault: {},
    check: ({ struck, sound }) => {
      expect(sound.text).toMatch(/"usage(?:Metadata)?":\{/);
      expect(struck.text).not.toMatch(/"usage(?:Metadata)?":\{/);
    },
  },
  cachedInput: { fault: {}, check: says(/"(?:cached_tokens|cache_read_input_tokens|cachedContentTokenCount)":[1-9]/) },
  contentFilter: { fault: {}, check: (struck) => says(struck.wire.filtered)(struck) },
  promptBlocked: {
    fault: {},
    check: ({ wire, struck }) => {
      expect(struck.response.status).toBe(wire.blockedStatus);
      expect(struck.text).not.toMatch(wire.delta);
    },
  },
  refusal: { fault: {}, check: says(/"refusal":"|"stop_reason":"refusal"|response\.refusal|PROHIBITED/) },
  stopReason: { fault: { reason: 'telepathy' }, check: says('"telepathy"') },
  invalidToolArguments: { fault: {}, check: says(/look_up|MALFORMED_FUNCTION_CALL/) },
  unknownTool: { fault: {}, check: says('undeclared_tool') },
  hugeAnswer: {
    fault: { bytes: 3_000_000 },
    check: (struck) => {
      expect(struck.struck.text.length).toBeGreaterThan(3_000_000);
      expect(isEnd(struck)).toBe(true);
    },
  },
  errorEvent: {
    fault: {},
    check: (struck) => {
      expect(countIn(struck.struck.text, struck.wire.delta)).toBe(3);
      expect(struck.struck.text).toMatch(/"error":\{/);
      expect(isEnd(struck)).toBe(false);
    },
  },
  failedResponse: {
    fault: {},
    check: (struck) => {
      expect(struck.struck.text).toMatch(/"error":\{/);
      expect(isEnd(struck)).toBe(false);
    },
  },
  malformedEvent: {
    fault: {},
    check: (struck) => {
      const broken = dataOf(struck.struck.text).filter((data) => data !== '[DONE]' && !isJson(data));
      expect(broken).toHaveLength(1);
      expect(isEnd(struck)).toBe(true);
    },
  },
  unknownFields: {
    fault: {},
    check: (struck) => {
      const events = dataOf(struck.struck.text).filter((data) => data !== '[DONE]');
      expect(events.every((data) => isJson(data) && data.includes('x_future'))).toBe(true);
      expect(isEnd(struck)).toBe(true);
    },
  },
  unknownEvents: {
    fault: {},
    check: (struck) => {
      expect(countIn(struck.struck.text, /^event: response\.telepathy\.delta$/m)).toBeGreaterThan(3);
      expect(isEnd(struck)).toBe(true);
    },
  },
  duplicateEnd: { fault: {}, check: ({ wire, struck }) => expect(countIn(struck.text, wire.end)).toBe(2) },
  lateDeltas: {
    fault: {},
    check: ({ wire, struck }) => expect(struck.text.slice(struck.text.search(wire.end))).toMatch(wire.delta),
  },
  cutStream: {
    fault: { afterChunks: 2 },
    check: (struck) => {
      expect(struck.struck.isBroken).toBe(true);
      expect(countIn(struck.struck.text, struck.wire.delta)).toBe(2);
      expect(isEnd(struck)).toBe(false);
    },
  },
  slowDrip: {
    fault: { delayMs: 0 },
    check: ({ struck, sound }) => expect(struck.text.length).toBeCloseTo(sound.text.length, -2),
  },
  silence: {
    fault: { forMs: 0, pings: true },
    check: (struck) => {
      expect(countIn(struck.struck.text, /^: keep-alive$|^event: ping$/m)).toBeGreaterThan(0);
      expect(isEnd(struck)).toBe(true);
    },
  },
  wrongContentType: {
    fault: {},
    check: (struck) => {
      expect(struck.struck.response.headers.get('content-type')).toBe('text/plain');
      expect(isEnd(struck)).toBe(true);
    },
  },
  crlf: {
    fault: {},
    check: (struck) => {
      expect(struck.struck.text).not.toMatch(/[^\r]\n/);
      expect(isEnd(struck)).toBe(true);
    },
  },
  ratelimitHeaders: {
    fault: { headers: { 'retry-after': ['1', 'never'] } },
    check: ({ struck }) => expect(struck.response.headers.get('retry-after')).toBe('1, never'),
  },
  absurdHeaders: {
    fault: {},
    check: ({ struck }) => expect(struck.response.headers.get('retry-after')).toBe('-5, NaN'),
  },
};

const cases = Object.entries(interfaces).flatMap(([name, wire]) => {
  return Object.entries(rows).map(([kind, row]) => ({ name, kind: kind as FaultKind, wire, row }));
});

describe('faults', () => {
  test.each(cases)('$kind strikes a stream of $name, and only the next one', async ({ kind, wire, row }) => {
    const { url, control } = await startTestSimulator();
    await control.addFault({ kind, endpoint: wire.endpoint, count: 1, ...row.fault });
    const struck = await ask(url, wire, { isStream: true });
    const sound = await ask(url, wire, { isStream: true });
    expect(sound).toMatchObject({ isBroken: false, text: expect.stringMatching(wire.end) });
    expect(countIn(sound.text, wire.end)).toBe(1);
    row.check({ wire, struck, sound });
    const [entry] = await control.ledger();
    expect(entry).toMatchObject({ faultId: 'fault-1', provider: wire.provider });
    expect(entry?.outcome).not.toBe('running');
  });

  test.each(Object.entries(interfaces))('refuse and brokenHeaders leave nothing to read of %s', async (_name, wire) => {
    const { url, control } = await startTestSimulator();
    for (const kind of ['refuse', 'brokenHeaders'] as const) {
      await control.addFault({ kind, count: 1 });
      await expect(ask(url, wire, { isStream: true })).rejects.toThrow('fetch failed');
    }
    expect((await control.ledger()).map((entry) => entry.outcome)).toEqual(['fault', 'fault']);
  });

  test.each(Object.entries(interfaces))('hangBeforeHeaders holds %s until the client leaves', async (_name, wire) => {
    const { url, control } = await startTestSimulator();
    await control.addFault({ kind: 'hangBeforeHeaders' });
    const leave = new AbortController();
    const asked = ask(url, wire, { isStream: true, signal: leave.signal }).catch(() => 'left');
    await eventually(async () => (await control.faults()).find((fault) => fault.fired === 1));
    leave.abort();
    expect(await asked).toBe('left');
  });

  test('there is a case here for every kind', () => {
    const apart: readonly FaultKind[] = ['refuse', 'brokenHeaders', 'hangBeforeHeaders', 'splitBytes'];
    // They strike a batch, not an answer: see the tests of either provider's batches.
    const ofBatches: readonly FaultKind[] = ['batchFailed', 'batchExpired'];
    expect([...Object.keys(rows), ...apart, ...ofBatches].sort()).toEqual([...faultKinds].sort());
  });

  const wholeCases = Object.entries(interfaces).flatMap(([name, wire]) => [
    { name, wire, kind: 'malformedEvent' as const, check: (text: string) => !isJson(text) },
    { name, wire, kind: 'unknownFields' as const, check: (text: string) => isJson(text) && text.includes('x_future') },
    { name, wire, kind: 'oddText' as const, check: (text: string) => isJson(text) && text.includes('\\ud83d ') },
    {
      name,
      wire,
      kind: 'failedResponse' as const,
      check: (text: string) => isJson(text) && text.includes('"error":{'),
    },
    {
      name,
      wire,
      kind: 'hugeAnswer' as const,
      bytes: 3_000_000,
      check: (text: string) => isJson(text) && text.length > 3e6,
    },
  ]);
  test.each(wholeCases)('$kind strikes whole answers of $name', async ({ kind, wire, check, ...fields }) => {
    const { url, control } = await startTestSimulator();
    await control.addFault({ kind, ...('bytes' in fields ? { bytes: fields.bytes } : {}) });
    const { response, text } = await ask(url, wire, { isStream: false });
    expect(response.status).toBe(200);
    expect(check(text)).toBe(true);
  });

  test.each([true, false])('hugeAnswer has 100 MB and waits for its reader, streamed: %s', async (isStream) => {
    const { url, control } = await startTestSimulator();
    await control.addFault({ kind: 'hugeAnswer' });
    const { path, headers, body } = interfaces['chat'] as Interface;
    const init = { method: 'POST', headers, body: JSON.stringify(body(isStream)) };
    let bytes = 0;
    for await (const chunk of (await fetch(`${url}${path(isStream)}`, init)).body ?? []) {
      bytes += (chunk as Uint8Array).length;
    }
    expect(bytes).toBeGreaterThan(100 * 1_024 * 1_024);
    expect(bytes).toBeLessThan(101 * 1_024 * 1_024);
  });

  test.each(Object.entries(interfaces))('splitBytes brings every byte of %s by itself', async (_name, wire) => {
    const { url, control } = await startTestSimulator();
    await control.addFault({ kind: 'splitBytes', count: 2 });
    for (const isStream of [true, false]) {
      const { text, sizes } = await ask(url, wire, { isStream, extra: wire.cap(5) });
      expect(text).toMatch(wire.atCap);
      expect(sizes).toContain(1);
      expect(Math.max(...sizes)).toBeLessThan(100);
    }
  });

  const forms = [
    ['own', { 'retry-after': '91' }],
    ['seconds', { 'retry-after': '91' }],
    ['milliseconds', { 'retry-after-ms': '90500', 'retry-after': null }],
    ['httpDate', { 'retry-after': 'Thu, 01 Jan 2026 00:01:31 GMT' }],
    ['goDuration', { 'x-ratelimit-reset-requests': '1m30.5s', 'retry-after': null }],
    ['rfc3339', { 'anthropic-ratelimit-requests-reset': '2026-01-01T00:01:31Z', 'retry-after': null }],
    ['none', { 'retry-after': null }],
  ] as const;
  test.each(forms)('rateLimit says how long to wait as %s', async (form, headers) => {
    const { url, control } = await startTestSimulator();
    await control.addFault({ kind: 'rateLimit', retryInMs: 90_500, form });
    const { response } = await ask(url, interfaces['chat'] as Interface, { isStream: true });
    for (const [name, value] of Object.entries(headers))
      expect([name, response.headers.get(name)]).toEqual([name, value]);
  });

  test.each(['chat', 'generateContent'])('rateLimit says it in the body of %s too', async (name) => {
    const { url, control } = await startTestSimulator();
    await control.addFault({ kind: 'rateLimit', retryInMs: 90_500, form: 'retryInfo' });
    const { text } = await ask(url, interfaces[name] as Interface, { isStream: true });
    expect(JSON.parse(text)).toMatchObject({ error: { details: [{ retryDelay: '90.500s' }] } });
  });
});
