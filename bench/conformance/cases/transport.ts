/** Connections that never come about, or break before the provider has said anything. */
import type { ConformanceCase } from '../case';
import { all } from '../targets';

export const transportCases: readonly ConformanceCase[] = [
  {
    id: 'transport/refused',
    title: 'Nobody listens at the address.',
    targets: all,
    wire: () => 'closed',
    expect: {
      failure: 'Llm.Connection',
      details: { code: 'ECONNREFUSED', status: undefined },
      usage: 'none',
      requests: 0,
    },
  },
  {
    id: 'transport/reset-before-headers',
    title: 'The connection is reset before the headers.',
    targets: all,
    wire: () => (response) => void response.socket?.resetAndDestroy(),
    expect: { failure: 'Llm.Connection', details: { code: 'ECONNRESET', status: undefined }, usage: 'none' },
  },
  {
    id: 'transport/closed-before-headers',
    title: 'The connection is closed before the headers.',
    targets: all,
    aimock: { response: { content: 'Hi' }, options: { chaos: { disconnectRate: 1 } } },
    wire: () => (response) => void response.socket?.end(),
    expect: { failure: 'Llm.Connection', usage: 'none' },
  },
  {
    id: 'transport/reset-at-once',
    title: 'The connection is reset before anything of the request is read.',
    targets: all,
    simulator: { faults: [{ kind: 'refuse' }] },
    expect: { failure: 'Llm.Connection', usage: 'none' },
  },
  {
    id: 'transport/half-a-status-line',
    title: 'The connection ends in the middle of the status line.',
    targets: all,
    wire: () => (response) => void response.socket?.end('HTTP/1.1 20'),
    expect: { failure: 'Llm.Connection' },
  },
];
