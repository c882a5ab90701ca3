/** The caller goes away: the reason comes back, and the socket is closed. */
import type { ConformanceCase } from '../case';
import { drip, hangAfter } from '../sources/wire-handlers';
import { all } from '../targets';

const withinMs = 5_000;

export const cancellationCases: readonly ConformanceCase[] = [
  {
    id: 'cancel/before-the-call',
    title: 'A call that was cancelled before it began sends nothing.',
    targets: all,
    act: 'abortedBefore',
    wire: () => hangAfter(''),
    expect: { isAborted: true, requests: 0, withinMs },
  },
  {
    id: 'cancel/before-headers',
    title: 'Cancelled before the headers: the socket is closed.',
    targets: all,
    act: 'abortBeforeHeaders',
    simulator: { faults: [{ kind: 'hangBeforeHeaders' }] },
    wire: () => () => undefined,
    expect: { isAborted: true, withinMs },
  },
  {
    id: 'cancel/mid-stream',
    title: 'Cancelled in the middle of the answer: the socket is closed, and half an answer is none.',
    targets: all,
    act: 'abortMidStream',
    simulator: { faults: [{ kind: 'silence', afterChunks: 3 }] },
    aimock: { response: { content: 'Hello, world, and more' }, options: { chunkSize: 2, latency: 100 } },
    wire: (dialect) => hangAfter(dialect.open(), dialect.text('Hel')),
    expect: { isAborted: true, withinMs },
  },
  {
    id: 'cancel/while-text-flows',
    title: 'Cancelled while text keeps coming: nothing of it is waited for.',
    targets: all,
    act: 'abortMidStream',
    wire: (dialect) => drip(10, dialect.open(), ...Array.from({ length: 1_000 }, () => dialect.text('x'))),
    expect: { isAborted: true, withinMs },
  },
  {
    id: 'cancel/before-connecting',
    title: 'Cancelled while the connection is being made.',
    targets: all,
    act: 'abortBeforeHeaders',
    wire: () => 'mute',
    expect: { isAborted: true, requests: 0, withinMs },
  },
];
