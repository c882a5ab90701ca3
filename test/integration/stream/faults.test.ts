/** What becomes of writers and readers while Redis is gone, hung or slow: on a Redis of the test's own. */
import { startFaultProxy } from '../capacity/fault-proxy';
import type { FaultProxy } from '../capacity/fault-proxy';
import { openOwnServers } from '../capacity/own-redis';
import type { OwnRedis, OwnServers } from '../capacity/own-redis';
import { attempt, collect, openStreams, outlineOf, shownBy } from './open-streams';
import type { Streams } from './open-streams';

let servers: OwnServers;
let redis: OwnRedis;
let toWriters: FaultProxy;
let toReaders: FaultProxy;
let streams: Streams;

beforeAll(async () => {
  servers = await openOwnServers();
  redis = await servers.start();
  toWriters = await startFaultProxy(redis.url);
  toReaders = await startFaultProxy(redis.url);
});
afterAll(async () => {
  await toWriters.close();
  await toReaders.close();
  await servers.stop();
});
beforeEach(async () => {
  streams = await openStreams({ url: toWriters.url, readUrl: toReaders.url });
});
afterEach(async () => {
  toWriters.resume();
  toReaders.resume();
  await streams.close();
});

const standing = (text: string) => ({ stamp: attempt(1), endpoint: 'east', text });

/** Holds the event loop for nobody: how long the calls themselves took. */
function durationOf(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

describe('a writer', () => {
  test('keeps no call waiting while Redis hangs, and writes all of the text when it answers again', async () => {
    const { log, id, read } = streams;
    const writer = log.open(id, attempt(1), 'east');
    writer.text('before, ');
    await collect(read(), ({ event }) => event.kind === 'text');
    const reading = collect(read());
    toWriters.hang();
    const pieces = Array.from({ length: 1_000 }, (_, index) => `piece ${index}, `);
    expect(durationOf(() => pieces.forEach((piece) => writer.text(piece)))).toBeLessThan(100);
    const text = `before, ${pieces.join('')}`;
    const began = performance.now();
    await writer.end(standing(text));
    expect(performance.now() - began).toBeLessThan(600);
    toWriters.resume();
    const events = await reading;
    expect(shownBy(events)).toBe(text);
    expect(outlineOf(events).at(-1)).toBe('end');
  });

  test('does not wait for the end at all while the connection is down, and writes it when it is back', async () => {
    const { log, id, read } = streams;
    const writer = log.open(id, attempt(1), 'east');
    writer.text('before, ');
    await collect(read(), ({ event }) => event.kind === 'text');
    await toWriters.cut();
    writer.text('meanwhile, ');
    writer.text('at the end');
    await new Promise((resolve) => setTimeout(resolve, 50));
    let isDone = false;
    const ended = writer.end(standing('before, meanwhile, at the end'));
    void ended.then(() => log.fail({ ...id, occurrence: 1 }, 'Llm.Timeout')).then(() => (isDone = true));
    // A few turns of the event loop, and no timer.
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(isDone).toBe(true);
    await toWriters.restore();
    expect(shownBy(await collect(read()))).toBe('before, meanwhile, at the end');
    const failed = read({ locate: () => Promise.resolve({ ...id, occurrence: 1 }) });
    expect(outlineOf(await collect(failed))).toEqual(['failed Llm.Timeout']);
  });

  test('whose entry arrives twice or late is read once', async () => {
    const { log, id, read } = streams;
    const writer = log.open(id, attempt(1), 'east');
    writer.text('one ');
    await collect(read(), ({ event }) => event.kind === 'text');
    // Written, but the answer is lost: the writer cannot know.
    toWriters.delayAnswers(400);
    writer.text('two ');
    await collect(read(), ({ event }) => event.kind === 'text' && event.text === 'two ');
    await new Promise((resolve) => setTimeout(resolve, 250));
    toWriters.resume();
    writer.text('three');
    await writer.end(standing('one two three'));
    const events = await collect(read());
    expect(shownBy(events)).toBe('one two three');
    expect(outlineOf(events)).toEqual(['reset 1', 'text', 'reset 1', 'text', 'end']);
  });

  test('begins anew on a Redis that has lost everything', async () => {
    const { log, id, read } = streams;
    const writer = log.open(id, attempt(1), 'east');
    writer.text('before, ');
    await collect(read(), ({ event }) => event.kind === 'text');
    await redis.kill();
    writer.text('meanwhile, ');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await redis.restart();
    writer.text('after');
    await writer.end(standing('before, meanwhile, after'));
    expect(shownBy(await collect(read()))).toBe('before, meanwhile, after');
  });
});

describe('a reader', () => {
  test('goes on where it was when its connections break', async () => {
    const { log, id, read } = streams;
    const writer = log.open(id, attempt(1), 'east');
    writer.text('one ');
    const events: Awaited<ReturnType<typeof collect>> = [];
    for await (const event of read()) {
      events.push(event);
      if (event.event.kind !== 'text') continue;
      if (event.event.text === 'one ') {
        await toReaders.cut();
        writer.text('two ');
        await writer.end(standing('one two '));
        await toReaders.restore();
      }
    }
    expect(outlineOf(events)).toEqual(['reset 1', 'text', 'end']);
    expect(shownBy(events)).toBe('one two ');
  });

  test('is told soon that nobody answers at its address, and where', async () => {
    const lost = await openStreams({ url: redis.url, readUrl: 'redis://127.0.0.1:1' });
    const began = performance.now();
    await expect(collect(lost.read())).rejects.toMatchObject({ type: 'Service.Unreachable' });
    expect(performance.now() - began).toBeLessThan(8_000);
    await lost.close();
  });

  test('is let go while Redis hangs', async () => {
    const { read } = streams;
    toReaders.hang();
    const reader = read();
    const waiting = reader.next();
    await reader.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });
});

describe('a cluster', () => {
  test('carries streams as one server does', async () => {
    const [node] = await servers.startCluster();
    const url = `redis-cluster://127.0.0.1:${node.port}`;
    const { log, id, read, close } = await openStreams({ url });
    const readings = [collect(read()), collect(read())];
    const writer = log.open(id, attempt(1), 'east');
    writer.text('first ');
    await collect(read(), ({ event }) => event.kind === 'text');
    writer.text('second');
    await writer.end(standing('first second'));
    for (const events of await Promise.all(readings)) expect(shownBy(events)).toBe('first second');
    await close();
  });
});
