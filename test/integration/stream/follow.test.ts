/** Writers and readers of a step's text on a real Redis: what is written is what is read, in order, of one attempt. */
import { randomBytes } from 'node:crypto';
import { createTextCipher } from '../../../src/security/cipher';
import { parseKeyRing } from '../../../src/security/key-ring';
import { attempt, collect, openStreams, outlineOf, shownBy } from './open-streams';
import type { Streams, StreamsOptions } from './open-streams';

const open: Streams[] = [];
afterEach(async () => {
  for (const streams of open.splice(0)) await streams.close();
});

async function opened(options: StreamsOptions = {}): Promise<Streams> {
  const streams = await openStreams(options);
  open.push(streams);
  return streams;
}

const words = Array.from({ length: 40 }, (_, index) => `word-${index} `);

function standing(text: string, number = 1) {
  return { stamp: attempt(number), endpoint: 'east', text };
}

describe('a stream', () => {
  test('is read in order while it is written, and ends', async () => {
    const { log, id, read } = await opened();
    const reading = collect(read());
    const writer = log.open(id, attempt(1), 'east');
    for (const word of words) {
      writer.text(word);
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    await writer.end(standing(words.join('')));
    const events = await reading;
    expect(outlineOf(events)).toEqual(['reset 1', 'text', 'end']);
    expect(shownBy(events)).toBe(words.join(''));
    expect(events[0]?.event).toEqual({
      kind: 'reset',
      reason: 'attempt',
      place: { tier: 0, callIndex: 0, attempt: 1, hop: 0 },
      endpoint: 'east',
    });
  });

  test('is read the same afterwards, with and without anybody who had read it before', async () => {
    const { log, id, read } = await opened();
    const writer = log.open(id, attempt(1), 'east');
    words.forEach((word) => writer.text(word));
    await writer.end(standing(words.join('')));
    const [first, second] = [await collect(read()), await collect(read())];
    expect(shownBy(first)).toBe(words.join(''));
    expect(second).toEqual(first);
  });

  test('goes on after any offset exactly where it was left', async () => {
    const { log, id, read } = await opened();
    const writer = log.open(id, attempt(1), 'east');
    for (const word of words.slice(0, 5)) {
      writer.text(word);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await writer.end(standing(words.slice(0, 5).join('')));
    const all = await collect(read());
    expect(all.length).toBeGreaterThan(4);
    for (const [at, { offset }] of all.entries()) {
      expect(await collect(read({ from: offset }))).toEqual(all.slice(at + 1));
    }
  });

  test('sends the first piece at once, and later ones together', async () => {
    const { log, id, read, redis, key } = await opened();
    const writer = log.open(id, attempt(1), 'east');
    const [first] = await collect(read(), ({ event }) => event.kind === 'reset');
    words.forEach((word) => writer.text(word));
    const events = await collect(read({ from: first?.offset }), ({ event }) => event.kind === 'text');
    expect(events[0]?.event).toEqual({ kind: 'text', text: words[0] });
    await writer.end(standing(words.join('')));
    // Reset, the first piece, the others, the end.
    expect(await redis.xlen(key)).toBe(4);
  });

  test('splits a long text into entries, never within a character', async () => {
    const { log, id, read, redis, key } = await opened();
    const text = `x${'🎻'.repeat(10_000)}`;
    const writer = log.open(id, attempt(1), 'east');
    writer.text(text);
    await writer.end(standing(text));
    const events = await collect(read());
    expect(shownBy(events)).toBe(text);
    expect(await redis.xlen(key)).toBeGreaterThan(4);
  });

  test.each([
    ['an answer of 2 million characters', 'lorem ipsum '.repeat(170_000)],
    ['an answer without a word', ''],
    ['characters that Redis, JSON or a terminal might not like', 'a\0b\u2028\u001b[31m\r\n{"x":"~"}~😀'],
  ])('carries %s', async (_, text) => {
    const { log, id, read } = await opened();
    const writer = log.open(id, attempt(1), 'east');
    writer.text(text);
    const ended = writer.end(standing(text));
    expect(shownBy(await collect(read()))).toBe(text);
    await ended;
  });

  test('begins again with the next attempt', async () => {
    const { log, id, read } = await opened();
    const first = log.open(id, attempt(1), 'east');
    first.text('half an ans');
    await first.stop();
    const second = log.open(id, attempt(1, { hop: 1 }), 'west');
    second.text('a whole answer');
    await second.end({ stamp: attempt(1, { hop: 1 }), endpoint: 'west', text: 'a whole answer' });
    const events = await collect(read());
    expect(outlineOf(events)).toEqual(['reset 1', 'text', 'reset 1', 'text', 'end']);
    expect(shownBy(events)).toBe('a whole answer');
  });

  test('passes over what a zombie writes, also a zombie that begins another hop or ends', async () => {
    const { log, id, read } = await opened();
    const zombie = log.open(id, attempt(1), 'east');
    zombie.text('zombie begins');
    await collect(read(), ({ event }) => event.kind === 'text');
    const next = log.open(id, attempt(2), 'west');
    next.text('the ');
    await collect(read(), ({ event }) => event.kind === 'text' && event.text === 'the ');
    zombie.text(' and goes on');
    await zombie.stop();
    const hopping = log.open(id, attempt(1, { hop: 1 }), 'north');
    hopping.text('zombie hops');
    await hopping.end({ stamp: attempt(1, { hop: 1 }), endpoint: 'north', text: 'zombie hops' });
    next.text('answer');
    await next.end(standing('the answer', 2));
    const events = await collect(read());
    expect(outlineOf(events)).toEqual(['reset 1', 'text', 'reset 2', 'text', 'end']);
    expect(shownBy(events)).toBe('the answer');
  });

  test('follows a later call although an operator has reset the run and attempts count from 1 again', async () => {
    const { log, id, read } = await opened();
    const old = log.open(id, attempt(3), 'east');
    old.text('before the reset');
    await old.stop();
    await log.fail(id, 'Llm.Overloaded');
    const text = 'after it';
    const fresh = log.open(id, attempt(1, { scheduledAtMs: attempt(1).scheduledAtMs + 60_000 }), 'west');
    fresh.text(text);
    await fresh.end(standing(text));
    const events = await collect(read());
    expect(outlineOf(events)).toEqual(['reset 3', 'text', 'reset 1', 'text', 'end']);
    expect(shownBy(events)).toBe(text);
  });

  test('ends with the answer that stands when another attempt has written it', async () => {
    const { log, id, read } = await opened();
    const writer = log.open(id, attempt(2), 'west');
    writer.text('the answer of attempt 2, which came too late');
    await collect(read(), ({ event }) => event.kind === 'text');
    const text = 'the answer of attempt 1, which was kept. '.repeat(2_000);
    await writer.end(standing(text, 1));
    const events = await collect(read());
    expect(outlineOf(events)).toEqual(['reset 2', 'text', 'reset 1', 'text', 'end']);
    expect(shownBy(events)).toBe(text);
  });

  test('tells of a step that has failed', async () => {
    const { log, id, read } = await opened();
    await log.fail(id, 'Capacity.Timeout');
    expect(outlineOf(await collect(read()))).toEqual(['failed Capacity.Timeout']);
  });

  test('is over for whoever comes back after its end', async () => {
    const { log, id, read } = await opened();
    await log.open(id, attempt(1), 'east').end(standing('x'));
    const last = (await collect(read())).at(-1);
    expect(await collect(read({ from: last?.offset }))).toEqual([]);
  });

  test('expires, also when the call that wrote it never ended it', async () => {
    const { log, id, redis, key, read } = await opened({ ttlMs: 60_000 });
    const writer = log.open(id, attempt(1), 'east');
    writer.text('x');
    await collect(read(), ({ event }) => event.kind === 'text');
    expect(await redis.pttl(key)).toBeGreaterThan(50_000);
    await writer.stop();
  });
});

describe('a trimmed stream', () => {
  /** One entry in each node, so that Redis trims to the entry. */
  async function trimmed(): Promise<Streams> {
    const streams = await opened();
    const { log, id, redis, key } = streams;
    const writer = log.open(id, attempt(1), 'east');
    for (const word of words.slice(0, 6)) {
      writer.text(word);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await writer.end(standing(words.slice(0, 6).join('')));
    await redis.xtrim(key, 'MAXLEN', 3);
    return streams;
  }

  test('begins with a reset that says so', async () => {
    const { read } = await trimmed();
    const events = await collect(read());
    expect(outlineOf(events)).toEqual(['trimmed 1', 'text', 'end']);
    expect(shownBy(events)).toBe(words.slice(4, 6).join(''));
  });

  test('is not joined on to what a reader has seen before the hole', async () => {
    const { read, redis, log, id } = await opened();
    const writer = log.open(id, attempt(1), 'east');
    writer.text('seen, ');
    const [, seen] = await collect(read(), ({ event }) => event.kind === 'text');
    writer.text('lost, ');
    await collect(read({ from: seen?.offset }), ({ event }) => event.kind === 'text');
    writer.text('there');
    await writer.end(standing('seen, lost, there'));
    const { key } = open[0] as Streams;
    await redis.xtrim(key, 'MAXLEN', 2);
    const events = await collect(read({ from: seen?.offset }));
    expect(outlineOf(events)).toEqual(['trimmed 1', 'text', 'end']);
    expect(shownBy(events)).toBe('there');
  });

  test('of which nothing but the end is left says that the text is gone', async () => {
    const { read, redis, key } = await trimmed();
    await redis.xtrim(key, 'MAXLEN', 1);
    expect(outlineOf(await collect(read()))).toEqual(['trimmed 1', 'end']);
  });
});

describe('a reader', () => {
  test('that is slow keeps nobody waiting, and misses nothing', async () => {
    const { log, id, read } = await opened();
    const writer = log.open(id, attempt(1), 'east');
    const reader = read();
    await reader.next();
    const text = 'a long answer '.repeat(20_000);
    writer.text(text);
    await writer.end(standing(text));
    const rest: Awaited<ReturnType<typeof collect>> = [];
    for await (const event of reader) {
      rest.push(event);
      await new Promise(setImmediate);
    }
    expect(shownBy(rest)).toBe(text);
  });

  test.each([
    ['leaves the loop', undefined],
    ['aborts', new AbortController()],
  ])('that %s closes its connections', async (_, controller) => {
    const { log, id, read, redis } = await opened();
    const writer = log.open(id, attempt(1), 'east');
    writer.text('x');
    await writer.stop();
    log.open(id, attempt(2), 'east');
    const before = await clientsOf(redis);
    const events = await collect(read({ signal: controller?.signal }), ({ event }) => {
      if (event.kind !== 'text') return false;
      controller?.abort();
      return controller === undefined;
    });
    expect(outlineOf(events)).toEqual(['reset 1', 'text']);
    await untilTrue(async () => (await clientsOf(redis)) <= before);
  });

  test('that was aborted before it began reads nothing, and keeps nothing open', async () => {
    const { log, id, read, redis } = await opened();
    const before = await clientsOf(redis);
    expect(await collect(read({ signal: AbortSignal.abort() }))).toEqual([]);
    await log.open(id, attempt(1), 'east').end(standing('x'));
    await collect(read());
    await untilTrue(async () => (await clientsOf(redis)) <= before);
  });

  test('that is ended in the middle of a wait is let go at once', async () => {
    const { read } = await opened();
    const reader = read();
    const waiting = reader.next();
    const began = performance.now();
    await reader.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  test('shares two connections with a hundred others', async () => {
    const { log, id, read, redis } = await opened();
    const before = await clientsOf(redis);
    const readers = Array.from({ length: 100 }, () => collect(read()));
    const writer = log.open(id, attempt(1), 'east');
    writer.text('first ');
    await collect(read(), ({ event }) => event.kind === 'text');
    expect((await clientsOf(redis)) - before).toBeLessThanOrEqual(2);
    writer.text('second');
    await writer.end(standing('first second'));
    for (const events of await Promise.all(readers)) expect(shownBy(events)).toBe('first second');
  });

  test('throws what has become of the step when nothing will come any more', async () => {
    const { read } = await opened();
    const verdict = () => Promise.resolve(new Error('the run has ended'));
    await expect(collect(read({ verdict }))).rejects.toThrow('the run has ended');
  });

  test('reads to the end before it believes that nothing will come', async () => {
    const { log, id, read } = await opened();
    const verdict = async () => {
      await log.open(id, attempt(1), 'east').end(standing('written in the last moment'));
      return new Error('the run has ended');
    };
    expect(shownBy(await collect(read({ verdict })))).toBe('written in the last moment');
  });

  test.each(['', 'x', '1-1', '1-1~~', '0~0', '1-1~1.2.3~0', '1-1~~0~fin', '-1'])(
    'refuses the offset %p',
    async (from) => {
      const { read } = await opened();
      expect(() => read({ from })).toThrow(expect.objectContaining({ type: 'Pipeline.InvalidInput' }));
    },
  );
});

describe('an encrypted stream', () => {
  const cipherOf = (seed: Buffer) => createTextCipher({ keys: parseKeyRing(`k1:${seed.toString('base64')}`, 'KEYS') });
  const cipher = cipherOf(randomBytes(32));

  async function written(readCipher: StreamsOptions['readCipher'] = cipher): Promise<Streams> {
    const streams = await opened({ cipher, readCipher });
    const writer = streams.log.open(streams.id, attempt(1), 'east');
    writer.text('a secret');
    await writer.end(standing('a secret'));
    return streams;
  }

  test('is read with the key, and cannot be read in Redis', async () => {
    const { read, redis, key } = await written();
    expect(shownBy(await collect(read()))).toBe('a secret');
    expect(JSON.stringify(await redis.xrange(key, '-', '+'))).not.toContain('secret');
  });

  test.each([
    ['without a key', 'none' as const],
    ['with another key', cipherOf(randomBytes(32))],
  ])('cannot be read %s', async (_, other) => {
    const { read } = await written(other);
    await expect(collect(read())).rejects.toMatchObject({ type: 'Journal.Unreadable' });
  });

  test('does not take an entry from another place', async () => {
    const { redis, key, read, id, log } = await written();
    const writer = log.open(id, attempt(2), 'east');
    writer.text('an opening');
    await writer.stop();
    const entries = await redis.xrange(key, '-', '+');
    const secret = entries.find(([, [, head]]) => head?.startsWith('s '))?.[1] as string[];
    const later = entries.findLast(([, [, head]]) => head?.startsWith('s '))?.[1] as string[];
    const [, , moved = ''] = (later[1] ?? '').split(' ').with(2, (10).toString(36));
    await redis.xadd(
      key,
      '*',
      'h',
      `${(later[1] ?? '').split(' ').slice(0, 2).join(' ')} ${moved}`,
      'v',
      secret[3] ?? '',
    );
    await expect(collect(read())).rejects.toMatchObject({ type: 'Journal.Unreadable' });
  });
});

async function clientsOf(redis: Streams['redis']): Promise<number> {
  return ((await redis.client('LIST')) as string).split('\n').filter((line) => line.includes('name=holdfast-client'))
    .length;
}

async function untilTrue(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}
