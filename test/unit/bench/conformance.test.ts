import { runsOf } from '../../../bench/conformance/case';
import type { ConformanceCase, Run } from '../../../bench/conformance/case';
import { cases } from '../../../bench/conformance/cases';
import { answerOf } from '../../../bench/conformance/dialects/dialect';
import { familyOf } from '../../../bench/conformance/document';
import { isGreen, resultOf } from '../../../bench/conformance/report';
import { runAll } from '../../../bench/conformance/run-all';
import { hangAfter, stream } from '../../../bench/conformance/sources/wire-handlers';
import { targets } from '../../../bench/conformance/targets';

const options = { seed: 1, concurrency: 8 };

async function resultOfRuns(runs: readonly Run[]) {
  return resultOf(await runAll(runs, options), { seed: options.seed, durationMs: 0 });
}

describe('npm run conformance', () => {
  test('passes a part of its cases: of every family one at each provider, by changing sources', async () => {
    const light = runsOf(cases, targets).filter((run) => run.case.isHeavy !== true);
    const groups = Object.groupBy(light, (run) => `${familyOf(run.case)} ${run.target.name}`);
    const runs = Object.values(groups).map((group = [], index) => group[(index * 7) % group.length] as Run);

    const result = await resultOfRuns(runs);

    expect(runs.length).toBeGreaterThan(60);
    expect(Object.keys(result.sources).sort()).toEqual(['aimock', 'simulator', 'wire']);
    expect(result.failed).toEqual([]);
    expect(isGreen(result)).toBe(true);
  });
});

describe('a run', () => {
  const good: ConformanceCase = {
    id: 'test/good',
    title: 'A good answer.',
    targets: ['openai/chat'],
    wire: (dialect) => stream(answerOf(dialect, 'Hi')),
    expect: { answer: { text: 'Hi' } },
  };
  const play = async (changes: Partial<ConformanceCase>) => {
    const result = await resultOfRuns(runsOf([{ ...good, ...changes }], targets));
    return result.failed.map(({ verdict, problems }) => ({ verdict, problems }));
  };
  const failed = (...problems: unknown[]) => [{ verdict: 'failed', problems }];

  test('passes when all is as expected', async () => {
    expect(await play({})).toEqual([]);
  });

  test('fails on an answer that is another one', async () => {
    expect(await play({ expect: { answer: { text: 'Ho' } } })).toEqual(failed('text is "Hi", Ho expected'));
  });

  test('fails on an answer where a failure was expected', async () => {
    expect(await play({ expect: { failure: 'Llm.Truncated' } })).toEqual(
      failed('expected Llm.Truncated, got the answer "Hi" (stop)'),
    );
  });

  test('fails on a failure of another type', async () => {
    const problems = failed(expect.stringMatching(/^expected Llm.Stalled, got Llm.Truncated "openai-eastus broke/));
    expect(await play({ wire: (dialect) => stream(dialect.open()), expect: { failure: 'Llm.Stalled' } })).toEqual(
      problems,
    );
  });

  test('fails on a fact that is another one', async () => {
    const expected = { failure: 'Llm.Truncated', details: { status: 200 }, retryAfterMs: [1, 2] } as const;
    expect(await play({ wire: (dialect) => stream(dialect.open()), expect: expected })).toEqual(
      failed('details.status is nothing, 200 expected', 'retryAfterMs is nothing, [1,2] expected'),
    );
  });

  test('fails on a request more than expected', async () => {
    expect(await play({ act: 'callTwice' })).toEqual(failed('made 2 requests, 1 expected'));
  });

  test('fails on usage, body, header and address that are others', async () => {
    const expected = {
      answer: {},
      usage: 'none',
      sent: { model: 'gpt-9' },
      sentTexts: ['!gpt-4.1'],
      sentHeaders: { 'x-client-request-id': '1' },
      sentTo: '/v2',
    } as const;
    expect(await play({ expect: expected })).toEqual(
      failed(
        expect.stringMatching(/^usage is \{"inputTokens":120,.*, none expected$/),
        'sent to /v1/chat/completions, /v2 expected',
        expect.stringMatching(/^sent the header x-client-request-id as /),
        'sent model = "gpt-4.1", "gpt-9" expected',
        'sent "gpt-4.1"',
      ),
    );
  });

  test('fails on a call that takes too long', async () => {
    const changes = {
      timeouts: { idleMs: 60 },
      wire: (dialect: Parameters<NonNullable<ConformanceCase['wire']>>[0]) =>
        hangAfter(dialect.open(), dialect.text('H')),
      expect: { failure: 'Llm.Stalled', withinMs: 30 },
    } as const;
    expect(await play(changes)).toEqual(failed(expect.stringMatching(/^took \d+ ms, at most 30 expected$/)));
  });

  test('is void when the fault never struck', async () => {
    const { wire: _wire, ...rest } = good;
    const never: ConformanceCase = {
      ...rest,
      simulator: { faults: [{ kind: 'status', status: 500, operation: 'retrieve' }] },
      expect: { answer: {} },
    };
    const result = await resultOfRuns(runsOf([never], targets));
    expect(result.failed).toEqual([
      expect.objectContaining({ verdict: 'void', problems: ['void: what the case arranges never struck'] }),
    ]);
    expect(isGreen(result)).toBe(false);
  });

  test('fails when the scene itself is broken', async () => {
    expect(
      await play({ wire: () => () => Promise.reject(new Error('no such file')), timeouts: { firstTokenMs: 60 } }),
    ).toEqual(failed('the run itself broke: no such file'));
  });
});

describe('isGreen', () => {
  test('is false for nothing at all', () => {
    expect(isGreen(resultOf({ played: [], stray: [] }, { seed: 1, durationMs: 0 }))).toBe(false);
  });

  test('is false for an error that belongs to no run', async () => {
    const all = await runAll([], options);
    expect(all.stray).toEqual([]);
    expect(isGreen(resultOf({ ...all, stray: ['a rejection'] }, { seed: 1, durationMs: 0 }))).toBe(false);
  });
});
