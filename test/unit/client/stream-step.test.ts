import { streamStep } from '../../../src/client/stream-step';
import type { FollowedRun, StreamChunk, StreamRequest } from '../../../src/client/stream-step';
import type { RunStatus, StepStatus } from '../../../src/contracts/status';
import { HoldfastError } from '../../../src/errors/holdfast-error';
import { encodeEntry } from '../../../src/journal/stream-entry';
import type { StreamEntry } from '../../../src/journal/stream-entry';
import type { StreamSource } from '../../../src/journal/stream-source';

const stamp = { scheduledAtMs: 1_760_000_000_000, tier: 0, callIndex: 0, attempt: 2, hop: 1 };
const order = { ...stamp, take: 0 };

/** A log that holds these entries, and gets no more. The first silence is over at once, as if its time had passed. */
function sourceOf(entries: readonly StreamEntry[] = []): StreamSource {
  const stored = entries.map((entry, index) => {
    const [head, value] = encodeEntry(entry, { key: '' });
    return [`${index + 1}-0`, ['h', head, 'v', value]] as const;
  });
  let isSilent = false;
  return {
    keyPrefix: 'test:',
    join: () => () => undefined,
    read: (_, id) => Promise.resolve(stored.slice(Number.parseInt(id, 10))),
    next: (_, _id, { signal }) =>
      new Promise((resolve) => {
        if (signal.aborted || !isSilent) resolve([]);
        isSilent = true;
        signal.addEventListener('abort', () => resolve([]));
      }),
    close: () => undefined,
  };
}

const opening: StepStatus = {
  step: 'chat.answer',
  occurrence: 0,
  state: 'calling',
  tier: 0,
  startedAt: '2026-11-21T00:00:00Z',
};

const putOff: StepStatus = {
  ...opening,
  state: 'deferred',
  deferred: { workflowId: 'chat:1/0198/step/chat.answer#0/tier/1', expectedAt: '2026-11-21T01:00:00Z' },
};

interface Told {
  readonly state?: string;
  readonly steps?: readonly StepStatus[] | HoldfastError;
  readonly runState?: RunStatus['state'];
  readonly result?: () => Promise<unknown>;
  /** The workflow that goes on with a deferred step. */
  readonly isDeferredOpen?: boolean;
}

function runThat({
  state = 'RUNNING',
  steps = [],
  runState = 'running',
  result,
  isDeferredOpen = true,
}: Told): FollowedRun {
  return {
    workflowId: 'chat:1',
    runKey: () => Promise.resolve('chat:1/0198'),
    describe: () => Promise.resolve({ state }),
    isOpen: () => Promise.resolve(isDeferredOpen),
    status: () =>
      steps instanceof HoldfastError
        ? Promise.reject(steps)
        : Promise.resolve({ steps, state: runState } as unknown as RunStatus),
    result: result ?? (() => Promise.resolve(undefined)),
  };
}

async function chunksOf(run: FollowedRun, source = sourceOf(), request: Partial<StreamRequest> = {}) {
  const chunks: StreamChunk[] = [];
  for await (const chunk of streamStep(run, source, { step: 'chat.answer', ...request })) chunks.push(chunk);
  return chunks;
}

const failedRun = new HoldfastError('Pipeline.Failed', 'chat:1 failed: Terminated: by hand', { failure: 'Terminated' });
const noWorker = new HoldfastError('Service.Unreachable', 'no worker answers');

describe('streamStep', () => {
  test('gives resets, texts and the end, each with the offset to continue from', async () => {
    const entries: StreamEntry[] = [
      { kind: 'reset', order, place: stamp, endpoint: 'east' },
      { kind: 'text', order, position: 0, text: 'hello' },
      { kind: 'end', order, position: 5 },
    ];
    const chunks = await chunksOf(runThat({}), sourceOf(entries));
    const offset = expect.any(String) as string;
    expect(chunks).toEqual([
      { kind: 'reset', reason: 'attempt', endpoint: 'east', tier: 0, callIndex: 0, attempt: 2, hop: 1, offset },
      { kind: 'text', text: 'hello', offset },
      { kind: 'end', offset },
    ]);
    const rest = await chunksOf(runThat({}), sourceOf(entries), { from: chunks[0]?.offset ?? '' });
    expect(rest).toEqual(chunks.slice(1));
  });

  test('throws the failure of a step that has failed', async () => {
    const run = runThat({});
    await expect(chunksOf(run, sourceOf([{ kind: 'failed', failure: 'Llm.Timeout' }]))).rejects.toMatchObject({
      type: 'Pipeline.Failed',
      details: { step: 'chat.answer', occurrence: 0, failure: 'Llm.Timeout' },
    });
  });

  test.each<[string, Told, { type: string; message: RegExp }]>([
    [
      'the step is not streamed',
      { steps: [{ ...opening, streams: false }] },
      { type: 'Pipeline.NotFound', message: /chat\.answer#0 of chat:1 is not streamed; set "stream: true"/ },
    ],
    [
      'the workflow that went on with the step has ended',
      { state: 'COMPLETED', runState: 'completed', steps: [putOff], isDeferredOpen: false },
      { type: 'Pipeline.NotFound', message: /there is no text of step chat\.answer#0/ },
    ],
    [
      'the step is answered and its text gone',
      { steps: [{ ...opening, state: 'completed' }] },
      { type: 'Pipeline.NotFound', message: /there is no text of step chat\.answer#0/ },
    ],
    [
      'the step has failed and the log does not say so',
      { steps: [{ ...opening, state: 'failed', failure: 'Capacity.Timeout' }] },
      { type: 'Pipeline.Failed', message: /step chat\.answer#0 of chat:1 failed: Capacity\.Timeout/ },
    ],
    [
      'an earlier run of the chain opened the step',
      { steps: [{ ...opening, occurrence: 3 }] },
      { type: 'Pipeline.NotFound', message: /there is no text of step chat\.answer#0/ },
    ],
    [
      'the run has ended without opening the step',
      { state: 'COMPLETED', runState: 'completed', steps: [{ ...opening, step: 'chat.title', state: 'completed' }] },
      { type: 'Pipeline.NotFound', message: /ended without opening chat\.answer#0 \(opened: chat\.title#0\)/ },
    ],
    [
      'the run was terminated in the middle of the step',
      { state: 'TERMINATED', steps: [opening], result: () => Promise.reject(failedRun) },
      { type: 'Pipeline.Failed', message: /Terminated/ },
    ],
    [
      'the run has ended and no worker is there to tell more',
      { state: 'COMPLETED', steps: noWorker },
      { type: 'Pipeline.NotFound', message: /there is no text of step chat\.answer#0/ },
    ],
  ])('says what is the matter when %s', async (_, told, problem) => {
    await expect(chunksOf(runThat(told))).rejects.toMatchObject({
      type: problem.type,
      message: expect.stringMatching(problem.message) as string,
    });
  });

  test.each<[string, Told]>([
    ['the step is at work', { steps: [{ ...opening, streams: true }] }],
    ['the step is yet to be opened', { steps: [] }],
    ['no worker answers', { steps: noWorker }],
    ['the step goes on without its run', { state: 'COMPLETED', runState: 'completed', steps: [putOff] }],
  ])('waits while %s', async (_, told) => {
    const run = runThat(told);
    const asked = jest.spyOn(run, 'status');
    const stop = new AbortController();
    const chunks = chunksOf(run, sourceOf(), { signal: stop.signal });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(asked).toHaveBeenCalledTimes(1);
    stop.abort();
    await expect(chunks).resolves.toEqual([]);
  });

  test('tells a run that does not exist from one that is silent', async () => {
    const unknown = new HoldfastError('Pipeline.NotFound', 'there is no open run chat:1');
    const run = { ...runThat({}), runKey: () => Promise.reject(unknown) };
    await expect(chunksOf(run)).rejects.toBe(unknown);
  });

  test('says what a client without Redis needs', () => {
    expect(() => streamStep(runThat({}), undefined, { step: 'chat.answer' })).toThrow(
      expect.objectContaining({
        type: 'Config.Invalid',
        message: expect.stringContaining('JOURNAL_REDIS_URL') as string,
      }),
    );
  });

  test.each([-1, 1.5, Number.NaN, '0'])('refuses the occurrence %p', (occurrence) => {
    const request = { step: 'chat.answer', occurrence: occurrence as number };
    expect(() => streamStep(runThat({}), sourceOf(), request)).toThrow(
      expect.objectContaining({ type: 'Pipeline.InvalidInput' }),
    );
  });
});
