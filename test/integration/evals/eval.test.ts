/** `holdfast eval` as a person runs it, against the simulator: what is asked, paid, kept, written, and when it fails. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { EvalReport } from '../../../src/evals';
import { startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';
import { expectRefusal, jsonOf, runCli, startCli } from '../cli/cli';

const example = resolve(__dirname, '..', '..', '..', 'examples', 'evals');
const shippedRows = readFileSync(join(example, 'data/support.intent/banking77.jsonl'), 'utf8').trim().split('\n');

let harness: Harness;
let folder: string;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  harness = await startHarness({ config: 'shipped' });
  folder = mkdtempSync(join(tmpdir(), 'holdfast-eval-'));
  for (const name of ['openai-mini', 'openai-eastus']) {
    const limits = { rpm: 60_000, tpm: 60_000_000, concurrency: 100 };
    const latency = { firstTokenMs: 20, sigma: 0.1, tokensPerSecond: 2_000 };
    await harness.simulator.putEndpoint(name, { provider: 'openai', apiKey: `key-${name}`, limits, latency });
  }
  // The shipped example with quotas that a test need not wait for.
  const config = readFileSync(join(example, 'holdfast.yaml'), 'utf8').replaceAll(
    /rpm: \d+, tpm: [\d_]+/g,
    'rpm: 6_000, tpm: 6_000_000',
  );
  environment = {
    ...harness.environment,
    HOLDFAST_CONFIG: write('holdfast.yaml', config),
    HOLDFAST_PROMPTS: join(example, 'prompts'),
    HOLDFAST_DEV_DIRECTORY: join(folder, 'dev'),
  };
});
afterAll(async () => {
  await harness.stop();
  rmSync(folder, { recursive: true });
});
// What a test does to an endpoint is not the next one's.
beforeEach(() => {
  environment = { ...environment, HOLDFAST_KEY_PREFIX: `test:eval:${randomUUID()}:` };
});
afterEach(() => harness.simulator.clearFaults());

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const dataOf = (name: string, count: number): string => write(name, shippedRows.slice(0, count).join('\n'));
const read = (file: string): EvalReport => JSON.parse(readFileSync(file, 'utf8')) as EvalReport;
const evalWith = (args: readonly string[]) => runCli(['eval', 'support.intent', ...args], { environment });

async function callsMade(): Promise<number> {
  return (await harness.simulator.ledger()).filter(({ status }) => status === 200).length;
}

describe('holdfast eval', () => {
  test('compares two variants under reserved capacity, writes what it found, and pays for nothing twice', async () => {
    const data = dataOf('compare.jsonl', 40);
    const [out, junit] = [join(folder, 'compare.json'), join(folder, 'new', 'compare.xml')];
    const args = [
      '--data',
      data,
      '--variants',
      'default,examples',
      '--id',
      'compare',
      '--json-out',
      out,
      '--junit',
      junit,
    ];
    const before = await callsMade();
    const first = await evalWith([...args, '--json']);
    expect(first.code).toBe(0);
    expect(jsonOf(first)).toMatchObject({ id: 'compare', unanswered: 0, below: [], fallen: [] });
    expect(await callsMade()).toBe(before + 80);
    expect((await harness.simulator.ledger()).filter(({ status }) => status === 429)).toEqual([]);

    const { arms, comparisons, costUsd } = read(out);
    const [plain, misled] = arms;
    // The simulator is misled by the other intents in the second variant's examples, and on purpose so.
    expect(plain?.passed).toBeGreaterThan((misled?.passed ?? 0) + 5);
    expect(comparisons).toMatchObject([{ name: 'support.intent:mini/examples', rows: 40 }]);
    expect(comparisons[0]?.difference.high).toBeLessThan(0);
    expect(costUsd).toBeGreaterThan(0);
    expect(readFileSync(junit, 'utf8')).toMatch(/<testsuites name="compare" tests="80" failures="\d+" errors="0"/);

    const again = await evalWith(args);
    expect(again.code).toBe(0);
    expect(await callsMade()).toBe(before + 80);
    expect(read(out).arms.map(({ passed, rows }) => [passed, rows.every(({ fromJournal }) => fromJournal)])).toEqual([
      [plain?.passed, true],
      [misled?.passed, true],
    ]);
  });

  test('killed in the middle, it goes on under its id and pays for what was missing', async () => {
    const data = dataOf('killed.jsonl', 120);
    await harness.simulator.addFault({ kind: 'slowDrip', endpoint: 'openai-mini', delayMs: 20 });
    const args = ['eval', 'support.intent', '--data', data, '--variants', 'default', '--id', 'killed'];
    const before = await callsMade();
    const { child, exited } = startCli([...args, '--concurrency', '4'], { environment });
    while ((await callsMade()) < before + 40) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGKILL');
    await exited;
    await harness.simulator.clearFaults();
    const atKill = await callsMade();
    expect(atKill).toBeLessThan(before + 120);
    const result = await runCli([...args, '--json'], { environment });
    expect(result.code).toBe(0);
    expect(jsonOf(result)).toMatchObject({ unanswered: 0, arms: [{ answered: 120 }] });
    // What was in flight when it died may have been paid for.
    expect(await callsMade()).toBeLessThanOrEqual(before + 120 + 4);
  });

  test('asked to end, it says how to go on', async () => {
    const data = dataOf('ended.jsonl', 120);
    await harness.simulator.addFault({ kind: 'slowDrip', endpoint: 'openai-mini', delayMs: 50 });
    const before = await callsMade();
    const { child, exited } = startCli(
      ['eval', 'support.intent', '--data', data, '--variants', 'default', '--id', 'ended'],
      { environment },
    );
    while ((await callsMade()) < before + 5) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    const { code, stderr } = await exited;
    expect([code, stderr]).toEqual([130, expect.stringContaining('eval ended ended early; go on with: --id ended')]);
  });

  test('a call that fails for once is made again; what stays unanswered is no verdict, and fails the eval', async () => {
    const data = dataOf('retried.jsonl', 12);
    await harness.simulator.addFault({ kind: 'status', status: 503, endpoint: 'openai-mini', count: 1 });
    const retried = await evalWith(['--data', data, '--variants', 'default', '--json']);
    expect(jsonOf(retried)).toMatchObject({ unanswered: 0, arms: [{ answered: 12 }] });
    expect(retried.code).toBe(0);

    await harness.simulator.addFault({ kind: 'status', status: 400, endpoint: 'openai-mini', count: 2 });
    await harness.simulator.addFault({ kind: 'status', status: 404, endpoint: 'openai-mini' });
    const silent = await evalWith(['--data', data, '--variants', 'default', '--id', 'silent', '--json']);
    expect(silent.code).toBe(1);
    expect(silent.stderr).toContain('10 rows had no answer; ask for them again with: --id silent');
    expect(jsonOf(silent)).toMatchObject({
      unanswered: 10,
      arms: [{ answered: 2, passed: 0, failures: { 'Llm.BadRequest': 2 } }],
    });
  });

  test('fails below the threshold, and by another code when a score fell since the baseline', async () => {
    const data = dataOf('drift.jsonl', 25);
    const baseline = join(folder, 'baseline.json');
    const args = ['--data', data, '--variants', 'default'];
    expect((await evalWith([...args, '--json-out', baseline, '--threshold', '0.05'])).code).toBe(0);
    expect((await evalWith([...args, '--baseline', baseline])).code).toBe(0);
    expect((await evalWith([...args, '--threshold', '0.99'])).code).toBe(1);

    await harness.simulator.addFault({ kind: 'invalidJson', endpoint: 'openai-mini' });
    const fallen = await evalWith([...args, '--baseline', baseline, '--threshold', '0.05', '--json']);
    expect(fallen.code).toBe(5);
    expect(fallen.stderr).toContain('holdfast_eval_score_fell{arm="support.intent:mini/default"} 1');
    expect(jsonOf(fallen)).toMatchObject({
      fallen: ['support.intent:mini/default'],
      arms: [{ score: { value: 0 }, failures: { 'Llm.OutputInvalid': 25 } }],
    });
  });

  test('a judge is asked under a step of its own, and its cost told apart', async () => {
    const rows = shippedRows.slice(0, 6).map((line) => ({
      ...(JSON.parse(line) as object),
      expect: { schema: true, judge: { criteria: 'The intent fits the question.', atLeast: 0 } },
    }));
    const data = write('judged.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'));
    const before = await callsMade();
    const result = await evalWith(['--data', data, '--variants', 'default', '--judge', 'eval.judge', '--json']);
    expect([result.code, await callsMade()]).toEqual([0, before + 12]);
    const { arms } = jsonOf(result) as EvalReport;
    expect(arms).toMatchObject([{ answered: 6, passed: 6 }]);
    expect(arms[0]?.judgeCostUsd).toBeGreaterThan(0);
    // Half of it the schema, which holds; half of it what the judge says.
    expect(arms[0]?.score.value).toBeLessThan(1);
  });

  test('an endpoint is tried by itself, under the pool it shares with others', async () => {
    const shared = readFileSync(join(folder, 'holdfast.yaml'), 'utf8').replace(
      'mini: { endpoints: [openai-mini] }',
      'mini: { endpoints: [openai-mini, openai-eastus] }',
    );
    const both = { ...environment, HOLDFAST_CONFIG: write('shared.yaml', shared) };
    const since = (await harness.simulator.ledger()).at(-1)?.seq ?? 0;
    const args = [
      '--data',
      dataOf('endpoint.jsonl', 6),
      '--endpoint',
      'openai-eastus',
      '--variants',
      'default',
      '--json',
    ];
    const result = await runCli(['eval', 'support.intent', ...args], { environment: both });
    expect(jsonOf(result)).toMatchObject({
      arms: [{ name: 'support.intent:mini:openai-eastus/default', answered: 6 }],
    });
    const asked = (await harness.simulator.ledger({ since })).map(({ endpoint }) => endpoint);
    expect(asked).toEqual(Array.from({ length: 6 }, () => 'openai-eastus'));
  });

  test('a budget ends the spending', async () => {
    const data = dataOf('budget.jsonl', 40);
    const result = await evalWith(['--data', data, '--variants', 'default', '--budget-usd', '0.004', '--json']);
    expect(result.code).toBe(1);
    const { arms, costUsd } = jsonOf(result) as EvalReport;
    expect(arms[0]?.answered).toBeGreaterThan(0);
    expect(arms[0]?.failures['Budget.Exceeded']).toBeGreaterThan(0);
    expect(costUsd).toBeLessThanOrEqual(0.004);
  });

  test('the matrix: every pool with every variant, and what it cannot try', async () => {
    const result = await runCli(['eval', '--matrix', '--data', join(example, 'data'), '--limit', '5'], { environment });
    expect(result.code).toBe(0);
    expect(result.stderr).toContain(
      `not tried: eval.judge: no data set in ${join(example, 'data')}/eval.judge/*.jsonl`,
    );
    expect(result.stdout).toMatch(/support\.intent, pool +default +examples\n +mini .*\*.*\n +smart .*\*/);
  });
});

describe('holdfast eval, wrong input', () => {
  const line17 = (change: (line: string) => string): string =>
    shippedRows
      .slice(0, 20)
      .map((line, index) => (index === 16 ? change(line) : line))
      .join('\n');

  test.each<[string, () => readonly string[], string, string | RegExp]>([
    [
      'an unknown step',
      () => ['support.intents', '--data', dataOf('d', 1)],
      'Config.Invalid',
      'there is no step or prompt "support.intents" (known: support.intent,',
    ],
    [
      'a bad line 17',
      () => [
        'support.intent',
        '--data',
        write(
          'd',
          line17((line) => line.slice(0, -4)),
        ),
      ],
      'Config.Invalid',
      /d:17: is not JSON/,
    ],
    [
      'a missing variable',
      () => [
        'support.intent',
        '--data',
        write(
          'd',
          line17((line) => line.replace('"question"', '"query"')),
        ),
      ],
      'Config.Invalid',
      /d:17: variables: prompt support\/intent@1\/default: variable "question" is missing/,
    ],
    [
      'a threshold out of range',
      () => ['support.intent', '--data', dataOf('d', 1), '--threshold', '7'],
      'Usage.Invalid',
      '--threshold: expected a number from 0 to 1, received "7"',
    ],
    [
      'an unknown variant',
      () => ['support.intent', '--data', dataOf('d', 1), '--variants', 'x'],
      'Config.Invalid',
      'has no variant "x" (known: default, examples)',
    ],
    [
      'a baseline that is none',
      () => ['support.intent', '--data', dataOf('d', 1), '--baseline', write('b', '{}')],
      'Config.Invalid',
      'is no result of an eval',
    ],
    [
      'a result that cannot be written',
      () => ['support.intent', '--data', dataOf('d', 1), '--json-out', folder],
      'Usage.Invalid',
      'cannot be written (EISDIR)',
    ],
  ])('%s is told in one line, before anything is called', async (_, args, type, says) => {
    const before = (await harness.simulator.ledger()).length;
    expectRefusal(await runCli(['eval', ...args()], { environment }), { code: 2, type, says });
    expect((await harness.simulator.ledger()).length).toBe(before);
  });

  test('Redis out of reach', async () => {
    const away = { ...environment, REDIS_URL: 'redis://127.0.0.1:1' };
    const { code, stderr } = await runCli(['eval', 'support.intent', '--data', dataOf('d', 1)], { environment: away });
    expect(stderr).toMatch(/^holdfast: Service\.Unreachable: .*127\.0\.0\.1:1/m);
    expect(code).toBe(3);
  });
});
