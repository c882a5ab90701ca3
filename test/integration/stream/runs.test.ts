/** Following the steps of real runs: by the client, and on the command line. */
import { connect } from '../../../src/client';
import type { HoldfastClient, RunHandle, StreamChunk } from '../../../src/client';
import type { StepResult } from '../../../src/contracts/step';
import { startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';
import { jsonOf, runCli } from '../cli/cli';

let harness: Harness;
let client: HoldfastClient;

beforeAll(async () => {
  harness = await startHarness();
  await harness.startWorker();
  const oneStep = { name: 'oneStep', description: 'one step', parseInput: (value: unknown) => value };
  client = await connect({ environment: harness.environment, pipelines: [oneStep] });
});
afterAll(async () => {
  await client.close();
  await harness.stop();
});
afterEach(() => harness.simulator.clearFaults());

let runs = 0;

function start(step: string): Promise<RunHandle> {
  return client.start('oneStep', { step, variables: { topic: `listening ${runs++}` } }, { id: `stream-${runs}` });
}

async function follow(run: RunHandle, step = 'test.streamed'): Promise<StreamChunk[]> {
  const chunks: StreamChunk[] = [];
  for await (const chunk of run.stream(step)) chunks.push(chunk);
  return chunks;
}

function shownBy(chunks: readonly StreamChunk[]): string {
  const from = chunks.findLastIndex(({ kind }) => kind === 'reset');
  return chunks.slice(from).reduce((shown, chunk) => (chunk.kind === 'text' ? shown + chunk.text : shown), '');
}

async function answerOf(run: RunHandle): Promise<unknown> {
  return (await run.result<StepResult>()).value;
}

describe('RunHandle.stream', () => {
  test('gives the text of a step as the run records it', async () => {
    const run = await start('test.streamed');
    const chunks = await follow(run);
    expect(chunks[0]).toMatchObject({ kind: 'reset', reason: 'attempt', endpoint: 'east', attempt: 1 });
    expect(chunks.at(-1)).toMatchObject({ kind: 'end' });
    expect(chunks.filter(({ kind }) => kind === 'text').length).toBeGreaterThan(1);
    expect(shownBy(chunks)).toBe(await answerOf(run));
  });

  test('begins again when the provider cuts an answer', async () => {
    await harness.simulator.addFault({ kind: 'cutStream', endpoint: 'east', afterChunks: 5, count: 1 });
    const run = await start('test.streamed');
    const chunks = await follow(run);
    const resets = chunks.filter((chunk) => chunk.kind === 'reset');
    expect(resets.map(({ tier, attempt }) => ({ tier, attempt }))).toEqual([
      { tier: 0, attempt: 1 },
      { tier: 0, attempt: 2 },
    ]);
    expect(shownBy(chunks)).toBe(await answerOf(run));
  });

  test('goes on in another client after any chunk', async () => {
    const run = await start('test.streamed');
    const chunks = await follow(run);
    const other = await connect({ environment: harness.environment });
    const middle = chunks[Math.floor(chunks.length / 2)] as StreamChunk;
    const rest: StreamChunk[] = [];
    for await (const chunk of other.run(run.workflowId).stream('test.streamed', { from: middle.offset })) {
      rest.push(chunk);
    }
    await other.close();
    expect(rest).toEqual(chunks.slice(chunks.indexOf(middle) + 1));
  });

  test('throws the failure of a step that no tier could answer', async () => {
    await harness.simulator.addFault({ kind: 'status', status: 400, endpoint: 'east' });
    await harness.simulator.addFault({ kind: 'status', status: 400, endpoint: 'claude' });
    const run = await start('test.streamed');
    await expect(follow(run)).rejects.toMatchObject({
      type: 'Pipeline.Failed',
      details: { failure: 'Llm.BadRequest' },
    });
  });

  test('says what is wrong with a run, a step or a client that has nothing to follow', async () => {
    const missing = follow(client.run('oneStep:no-such-run'));
    await expect(missing).rejects.toMatchObject({ type: 'Pipeline.NotFound' });
    const run = await start('test.plain');
    await run.result();
    await expect(follow(run)).rejects.toMatchObject({
      type: 'Pipeline.NotFound',
      message: expect.stringMatching(/without opening test\.streamed#0 \(opened: test\.plain#0\)/) as string,
    });
    await expect(follow(run, 'test.plain')).rejects.toMatchObject({
      type: 'Pipeline.NotFound',
      message: expect.stringMatching(/stream: true/) as string,
    });
    expect(() => harness.client.run(run.workflowId).stream('test.plain')).toThrow(/JOURNAL_REDIS_URL/);
  });
});

describe('holdfast stream', () => {
  const cli = (...args: string[]) => runCli(args, { environment: harness.environment });

  test('prints the text alone, and with --json every event on a line', async () => {
    const run = await start('test.streamed');
    const answer = await answerOf(run);
    expect(await cli('stream', run.workflowId, 'test.streamed')).toMatchObject({
      code: 0,
      stdout: `${String(answer)}\n`,
    });
    const { stdout } = await cli('stream', run.workflowId, 'test.streamed', '--json');
    const chunks = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as StreamChunk);
    expect(shownBy(chunks)).toBe(answer);
    const rest = await cli('stream', run.workflowId, 'test.streamed', '--json', '--from', chunks.at(-2)?.offset ?? '');
    expect(jsonOf(rest)).toEqual(chunks.at(-1));
  });

  test.each([
    [['--occurrence', 'x'], 'Usage.Invalid'],
    [['--from', 'nowhere'], 'Pipeline.InvalidInput'],
  ])('refuses %j', async (options, type) => {
    const result = await cli('stream', 'oneStep:x', 'test.streamed', ...options);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(`holdfast: ${type}: `);
  });
});
