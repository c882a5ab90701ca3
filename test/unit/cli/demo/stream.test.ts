import { join } from 'node:path';
import type { SeenAnswer } from '../../../../src/cli/demo/stream/follow-answer';
import { isWellStreamed, streamAnswerOf, streamTable } from '../../../../src/cli/demo/stream/stream-answer';
import type { StreamAnswer, StreamEvidence } from '../../../../src/cli/demo/stream/stream-answer';
import { streamDirectory } from '../../../../src/cli/paths';
import { simulatorEnvironment } from '../../../../src/cli/stack/provider-choice';
import { readSimulatorEndpoints } from '../../../../src/cli/stack/simulator-endpoints';
import { loadSettings } from '../../../../src/config/load-settings';

function seen(run: string, more: Partial<SeenAnswer> = {}): SeenAnswer {
  const workflowId = `answerAll:${run}`;
  return { workflowId, shown: `text of ${run}`, firstTextAtMs: 1_010, resets: 0, hasEnded: true, ...more };
}

const runs = ['a', 'b', 'c'];
const evidence: StreamEvidence = {
  undisturbed: [seen('a'), seen('b', { firstTextAtMs: 1_030 })],
  disturbed: seen('c', { resets: 1 }),
  killed: true,
  recorded: new Map(runs.map((run) => [`answerAll:${run}`, `text of ${run}`])),
  requests: runs.map((run) => ({ callId: `answerAll:${run}/f00/chat/t0/c0/a1/h0`, firstTokenAt: 1_000 })),
  overhead: { cpuUsPerToken: 25.44, redisCpuUsPerToken: 13.2, redisBytesPerToken: 99 },
};

const good: StreamAnswer = {
  firstTokenLagMs: { p50: 10, p99: 30 },
  runs: 2,
  killed: true,
  resets: 1,
  wholeAnswer: true,
  spliced: false,
  overheadPerTokenUs: 25.4,
  redisUsPerToken: 13.2,
  redisBytesPerToken: 99,
};

describe('streamAnswerOf', () => {
  test('counts from the first token of the ledger to the first text of the reader', () => {
    expect(streamAnswerOf(evidence)).toEqual(good);
    expect(isWellStreamed(good)).toBe(true);
    expect(streamTable(good).join('\n')).toContain('30 ms (p99)');
  });

  test.each<[string, Partial<StreamEvidence>, Partial<StreamAnswer>]>([
    ['a text is not the recorded one', { undisturbed: [seen('a', { shown: 'text of b' })] }, { spliced: true }],
    ['a text has no end', { undisturbed: [seen('a', { hasEnded: false })] }, { spliced: true }],
    [
      'the text after the kill is not the recorded one',
      { disturbed: seen('c', { shown: 'te' }) },
      { wholeAnswer: false },
    ],
    ['a call has no first token', { requests: [] }, { firstTokenLagMs: { p50: Infinity, p99: Infinity } }],
  ])('tells when %s', (_, changes, told) => {
    expect(streamAnswerOf({ ...evidence, ...changes })).toMatchObject(told);
  });

  test.each<[string, Partial<StreamAnswer>]>([
    ['the first text came late', { firstTokenLagMs: { p50: 10, p99: 51 } }],
    ['nothing was killed', { killed: false }],
    ['the reader was not told', { resets: 0 }],
    ['the answer was not whole', { wholeAnswer: false }],
    ['texts were mixed', { spliced: true }],
    ['nothing was measured', { runs: 0 }],
  ])('is no success when %s', (_, changes) => {
    expect(isWellStreamed({ ...good, ...changes })).toBe(false);
  });
});

describe('the demo', () => {
  test('has a configuration that fits its simulator', () => {
    const endpoints = readSimulatorEndpoints(join(streamDirectory, 'simulator.json'));
    const environment = simulatorEnvironment('http://127.0.0.1:1', endpoints);
    const { steps } = loadSettings({ file: join(streamDirectory, 'holdfast.yaml'), environment });
    expect(steps['chat.answer']).toMatchObject({ stream: true });
    expect(steps['chat.unseen']?.stream ?? false).toBe(false);
  });
});
