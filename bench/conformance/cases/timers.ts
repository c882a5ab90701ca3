/** Silence: of which kind, how long, and which of it is none. Each case shortens the one timer it is about. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ConformanceCase } from '../case';
import { wireUsage } from '../dialects/dialect';
import { beginStream, drip, hangAfter } from '../sources/wire-handlers';
import { all } from '../targets';

/** Short enough to wait for, long enough for a busy machine. */
const shortMs = 120;
/** Well within `patienceMs`, again and again, for longer than it in all. */
const stepMs = 60;
const patienceMs = 400;
const steps = 9;

export const timerCases: readonly ConformanceCase[] = [
  {
    id: 'timer/connect',
    title: 'TCP stands but TLS never does: the connect timer ends it, and nothing was sent.',
    targets: all,
    timeouts: { connectMs: shortMs },
    wire: () => 'mute',
    expect: { failure: 'Llm.Connection', details: { timer: 'connect' }, usage: 'none', requests: 0, withinMs: 5_000 },
  },
  {
    id: 'timer/hang-before-headers',
    title: 'The request is taken and nothing ever comes.',
    targets: all,
    timeouts: { firstTokenMs: shortMs },
    simulator: { faults: [{ kind: 'hangBeforeHeaders' }] },
    aimock: { response: { content: 'Hi' }, options: { chaos: { latencyMs: 3_000 } } },
    wire: () => () => undefined,
    // It writes the journal only when it answers.
    expect: ({ source }) => ({
      failure: 'Llm.Timeout',
      details: { timer: 'firstToken' },
      usage: 'none',
      withinMs: 5_000,
      ...(source === 'aimock' ? { requests: 0 } : {}),
    }),
  },
  {
    id: 'timer/hang-after-headers',
    title: 'The headers come, and then nothing.',
    targets: all,
    timeouts: { firstTokenMs: shortMs },
    wire: () => hangAfter(': hello\n\n'),
    expect: { failure: 'Llm.Timeout', details: { timer: 'firstToken' }, withinMs: 5_000 },
  },
  {
    id: 'timer/hang-after-open',
    title: 'The stream opens, and then nothing.',
    targets: all.filter((name) => name !== 'gemini'),
    timeouts: { firstTokenMs: shortMs },
    simulator: { faults: [{ kind: 'silence', afterChunks: 0 }] },
    wire: (dialect) => hangAfter(dialect.open()),
    expect: { failure: 'Llm.Timeout', details: { timer: 'firstToken' }, withinMs: 5_000 },
  },
  {
    id: 'timer/stall',
    title: 'The answer stops in the middle and the connection stays open.',
    targets: all,
    timeouts: { idleMs: shortMs },
    simulator: { faults: [{ kind: 'silence', afterChunks: 3 }] },
    wire: (dialect) => hangAfter(dialect.open(), dialect.text('Hel')),
    expect: { failure: 'Llm.Stalled', details: { timer: 'idle' }, usage: 'estimated', withinMs: 5_000 },
  },
  {
    id: 'timer/stall-in-reasoning',
    title: 'The model falls silent while it reasons.',
    targets: all,
    timeouts: { idleMs: shortMs },
    wire: (dialect) => hangAfter(dialect.open(), dialect.reasoning('Let me')),
    expect: { failure: 'Llm.Stalled', details: { timer: 'idle' }, withinMs: 5_000 },
  },
  {
    id: 'timer/slow-drip',
    title: 'An answer that drips for ever is bounded by the timer of the call.',
    targets: all,
    timeouts: { callMs: 3 * shortMs },
    simulator: { faults: [{ kind: 'slowDrip', delayMs: 2 * shortMs }] },
    wire: (dialect) => drip(20, dialect.open(), ...Array.from({ length: 500 }, () => dialect.text('x'))),
    expect: { failure: 'Llm.Timeout', details: { timer: 'call' }, withinMs: 5_000 },
  },
  {
    id: 'timer/pings-for-ever',
    title: 'So is a provider that pings for ever and never answers.',
    targets: all,
    timeouts: { callMs: 3 * shortMs },
    wire: (dialect) => drip(20, ...Array.from({ length: 500 }, () => dialect.ping)),
    expect: { failure: 'Llm.Timeout', details: { timer: 'call' }, withinMs: 5_000 },
  },
  {
    id: 'timer/error-body-never-ends',
    title: 'The class of an error is known from its status, also when its body never ends.',
    targets: all,
    timeouts: { callMs: 3 * shortMs },
    wire: () => (response) => {
      response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '2' });
      response.write('{"error":');
    },
    expect: { failure: 'Llm.RateLimited', details: { status: 429 }, retryAfterMs: [2_000, 2_000], withinMs: 5_000 },
  },
  {
    id: 'timer/pings-are-life',
    title: 'Keep-alive pings are no stall, neither before the first token nor after it.',
    targets: all,
    timeouts: { firstTokenMs: patienceMs, idleMs: patienceMs },
    wire: (dialect) => {
      const pings = Array.from({ length: steps }, () => dialect.ping);
      const parts = [dialect.open(), ...pings, dialect.text('Hello'), ...pings];
      return drip(stepMs, ...parts, dialect.finish('stop', wireUsage) + dialect.end());
    },
    expect: { answer: { text: 'Hello' } },
  },
  {
    id: 'timer/reasoning-is-life',
    title: 'A model that thinks aloud for long is at work.',
    targets: all,
    timeouts: { firstTokenMs: patienceMs, idleMs: patienceMs },
    wire: (dialect) => {
      const thoughts = Array.from({ length: steps }, () => dialect.reasoning('hm '));
      return drip(
        stepMs,
        dialect.open(),
        ...thoughts,
        dialect.text('Hello'),
        dialect.finish('stop', wireUsage) + dialect.end(),
      );
    },
    expect: { answer: { text: 'Hello' } },
  },
  {
    id: 'timer/reasoning-in-silence',
    title: 'A model may think in silence for as long as the first token may take, however short the idle timer is.',
    targets: all,
    timeouts: { firstTokenMs: 8_000, idleMs: shortMs },
    wire: (dialect) => async (response) => {
      beginStream(response);
      response.write(dialect.open());
      await pause(3 * shortMs);
      response.end(dialect.text('Hello') + dialect.finish('stop', wireUsage) + dialect.end());
    },
    expect: { answer: { text: 'Hello' } },
  },
];
