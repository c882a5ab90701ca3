import { join } from 'node:path';
import { isWellShared, lanesAnswerOf, lanesTable } from '../../../../src/cli/demo/lanes/lanes-answer';
import type { LanesAnswer } from '../../../../src/cli/demo/lanes/lanes-answer';
import { flowOf, percentile, waitsOf, workflowIdOf } from '../../../../src/cli/demo/lanes/measure-lanes';
import type { LaneRequest } from '../../../../src/cli/demo/lanes/measure-lanes';
import { lanesDirectory } from '../../../../src/cli/paths';
import { readSimulatorEndpoints } from '../../../../src/cli/stack/simulator-endpoints';
import { simulatorEnvironment } from '../../../../src/cli/stack/provider-choice';
import { loadSettings } from '../../../../src/config/load-settings';

function request(run: string, receivedAt: number, more: Partial<LaneRequest> = {}): LaneRequest {
  return { callId: `answerAll:${run}/f00/step%230/t0/c0/a1/h0`, receivedAt, status: 200, chargedTokens: 300, ...more };
}

describe('workflowIdOf', () => {
  test('reads the run out of a request, as its header carries it', () => {
    expect(workflowIdOf(request('batch-a-1', 0))).toBe('answerAll:batch-a-1');
    expect(workflowIdOf({})).toBe('');
  });
});

describe('waitsOf', () => {
  const questions = [1, 2, 3].map((number) => ({
    workflowId: `answerAll:q-${number}`,
    askedAtMs: number * 1_000 - 50,
    openedAtMs: number * 1_000,
  }));

  test('is from asking to the first admitted request', () => {
    const requests = [
      request('q-1', 1_300),
      request('q-2', 2_100, { status: 429 }),
      request('q-2', 2_900),
      request('q-3', 3_200),
      request('q-3', 5_000),
    ];
    expect(waitsOf(questions, requests, 10_000)).toEqual({
      count: 3,
      p50WaitMs: 300,
      p99WaitMs: 900,
      p99FromStartMs: 950,
    });
  });

  test('counts a question that never arrived as waiting still', () => {
    expect(waitsOf(questions, [], 10_000)).toEqual({
      count: 3,
      p50WaitMs: 8_000,
      p99WaitMs: 9_000,
      p99FromStartMs: 9_050,
    });
  });
});

describe('percentile', () => {
  test.each([
    [0.5, 50],
    [0.99, 99],
    [1, 100],
  ])('%d of a hundred', (share, expected) => {
    expect(
      percentile(
        Array.from({ length: 100 }, (_, index) => index + 1),
        share,
      ),
    ).toBe(expected);
  });
});

describe('flowOf', () => {
  test('counts what was admitted in the window, and the longest time without, its edges too', () => {
    const requests = [
      request('b', 900),
      request('b', 2_000),
      request('b', 3_000, { status: 429 }),
      request('b', 4_000),
    ];
    expect(flowOf(requests, { fromMs: 1_000, toMs: 11_000 })).toEqual({
      completed: 2,
      perMinute: 12,
      longestGapMs: 7_000,
    });
  });
});

describe('lanesAnswerOf', () => {
  test('tells lanes and tenants apart by the runs of the requests', () => {
    const requests = [
      request('batch-a-1', 100),
      request('batch-a-1', 200),
      request('batch-a-2', 300),
      request('batch-b-1', 400),
      request('question-1', 500),
      request('crowd-1', 60_100, { chargedTokens: 2_700 }),
      request('batch-b-1', 60_200),
      request('crowd-1', 60_300, { status: 429, chargedTokens: 0 }),
    ];
    const answer = lanesAnswerOf({
      requests,
      questions: [{ workflowId: 'answerAll:question-1', askedAtMs: 420, openedAtMs: 450 }],
      shared: { fromMs: 0, toMs: 60_000 },
      crowded: { fromMs: 60_000, toMs: 70_000 },
      tokensPerMinute: 1_500,
    });
    expect(answer).toMatchObject({
      interactive: { count: 1, p50WaitMs: 50, p99WaitMs: 50, p99FromStartMs: 80 },
      batch: { completed: 4, perMinute: 4 },
      batchBesideCrowd: { completed: 1, share: 0.1, utilisation: 12 },
      tenants: { a: { weight: 3, tokens: 900 }, b: { weight: 1, tokens: 300 }, ratio: 3 },
      utilisation: 1,
      rateLimited: 1,
    });
    expect(lanesTable(answer).join('\n')).toContain('3 times those of b');
  });
});

describe('isWellShared', () => {
  const flow = { completed: 30, perMinute: 40, longestGapMs: 2_000 };
  const good: LanesAnswer = {
    interactive: { count: 70, p50WaitMs: 300, p99WaitMs: 900, p99FromStartMs: 1_100 },
    batch: flow,
    batchBesideCrowd: { ...flow, share: 0.1, utilisation: 0.98 },
    tenants: { a: { weight: 3, tokens: 3_000 }, b: { weight: 1, tokens: 1_000 }, ratio: 3 },
    utilisation: 0.98,
    rateLimited: 0,
  };

  test.each<[string, Partial<LanesAnswer>, boolean]>([
    ['everything went well', {}, true],
    ['nobody asked', { interactive: { ...good.interactive, count: 0 } }, false],
    ['a question waited for a second', { interactive: { ...good.interactive, p99WaitMs: 1_000 } }, false],
    ['batch got less than its minimum', { batchBesideCrowd: { ...good.batchBesideCrowd, share: 0.08 } }, false],
    ['the crowd left capacity unused', { batchBesideCrowd: { ...good.batchBesideCrowd, utilisation: 0.5 } }, false],
    ['tenant b got too little', { tenants: { ...good.tenants, ratio: 3.4 } }, false],
    ['tenant a got too little', { tenants: { ...good.tenants, ratio: 2.6 } }, false],
    ['tenants got nothing', { tenants: { ...good.tenants, ratio: NaN } }, false],
    ['nothing was short', { utilisation: 0.6 }, false],
    ['something was refused', { rateLimited: 1 }, false],
  ])('%s', (_, changes, expected) => {
    expect(isWellShared({ ...good, ...changes })).toBe(expected);
  });
});

describe('examples/lanes', () => {
  test('tells the engine the limits that the simulator enforces, and steps that differ in their lane alone', () => {
    const simulated = readSimulatorEndpoints(join(lanesDirectory, 'simulator.json'));
    const environment = simulatorEnvironment('http://127.0.0.1:1', simulated);
    const settings = loadSettings({ file: join(lanesDirectory, 'holdfast.yaml'), environment });
    expect(Object.keys(settings.endpoints)).toEqual(simulated.map(({ name }) => name));
    for (const { name, limits } of simulated) expect(settings.endpoints[name]?.limits).toEqual(limits);
    const { 'lanes.question': question, 'lanes.record': record } = settings.steps;
    expect(question?.lane).toBe('interactive');
    expect({ ...record, name: '', lane: '', maximumAttempts: 0 }).toEqual({
      ...question,
      name: '',
      lane: '',
      maximumAttempts: 0,
    });
    expect(settings.capacity.tenants).toMatchObject({ a: { weight: 3 }, b: { weight: 1 } });
  });
});
