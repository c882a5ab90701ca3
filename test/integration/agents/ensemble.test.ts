import type { Consensus } from '../../../src/workflows/public';
import { startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

/** `test.single` asks east, `test.dearFirst` asks claude first, `test.paced` asks slow: another endpoint each. */
const members = (east: string, claude: string, slow: string) => ({
  east: { step: 'test.skippable', says: east },
  claude: { step: 'test.dearFirst', says: claude },
  slow: { step: 'test.paced', says: slow },
});

describe('ensemble', () => {
  let harness: Harness;
  let runs = 0;
  beforeAll(async () => {
    harness = await startHarness();
    await harness.startWorker();
  });
  beforeEach(async () => {
    await harness.simulator.clearFaults();
    await harness.simulator.clearLedger();
  });
  afterAll(() => harness.stop());

  const run = async (input: object): Promise<Consensus<string>> => {
    const id = `ensemble-${harness.taskQueue}-${runs++}`;
    return (await harness.client.start('ensembleOf', { topic: 'bells', ...input }, { id })).result<Consensus<string>>();
  };
  const two = { east: { step: 'test.single', says: 'a' }, claude: { step: 'test.dearFirst', says: 'b' } };
  /** Without a pause of the endpoint for everybody, as an overload or a refused key would bring. */
  const dies = (endpoint: string) => harness.simulator.addFault({ endpoint, kind: 'status', status: 400 });

  test('takes the answer with most votes, and says what each has said and what all of them have cost', async () => {
    const consensus = await run({ members: members('a', 'b', 'b'), decide: 'vote' });
    expect(consensus).toMatchObject({
      value: 'b',
      decidedBy: 'vote',
      member: 'claude',
      votes: { a: 1, b: 2 },
      answers: [
        { member: 'east', value: 'a', servedBy: 'east' },
        { member: 'claude', value: 'b', servedBy: 'claude' },
        { member: 'slow', value: 'b', servedBy: 'slow' },
      ],
      failed: [],
      degraded: false,
    });
    const calls = await harness.simulator.ledger();
    expect(calls.map(({ endpoint }) => endpoint).sort()).toEqual(['claude', 'east', 'slow']);
    expect(consensus.usage.outputTokens).toBe(calls.reduce((sum, call) => sum + call.outputTokens, 0));
    expect(consensus.costUsd).toBeGreaterThan(0);
  });

  test('goes on without a member that is dead while a quorum is left', async () => {
    await dies('east');
    const consensus = await run({ members: { ...two, again: { step: 'test.dearFirst', says: 'b' } }, decide: 'vote' });
    expect(consensus).toMatchObject({
      value: 'b',
      decidedBy: 'vote',
      failed: [{ member: 'east', type: 'Llm.BadRequest' }],
      degraded: true,
    });
  });

  test('fails with every member’s own failure when too few have answered', async () => {
    await dies('east');
    const failed = run({ members: { east: two.east, other: two.east }, decide: 'vote' });
    await expect(failed).rejects.toMatchObject({
      message: expect.stringContaining(
        '0 of the 2 members that it takes have answered (east: Llm.BadRequest, other: Llm.BadRequest)',
      ) as string,
      details: { failure: 'Pipeline.NoDecision' },
    });
  });

  test('a member whose step is skipped has no voice', async () => {
    await dies('east');
    const consensus = await run({ members: { ...two, east: { step: 'test.skippable' } }, decide: 'vote', quorum: 1 });
    expect(consensus).toMatchObject({
      value: 'b',
      decidedBy: 'only',
      failed: [{ member: 'east', type: 'Llm.BadRequest', message: 'its step was skipped' }],
    });
  });

  test.each([
    ['the first member’s word', 'vote', { value: 'a', decidedBy: 'tie', member: 'east', votes: { a: 1, b: 1 } }],
    ['a judge', 'voteOrJudge', { decidedBy: 'judge', votes: { a: 1, b: 1 } }],
  ])('a tie is broken by %s', async (_, decide, expected) => {
    const consensus = await run({ members: two, decide });
    expect(consensus).toMatchObject(expected);
    const judged = expected.decidedBy === 'judge';
    expect(await harness.simulator.ledger()).toHaveLength(judged ? 3 : 2);
    expect(consensus.attempts).toHaveLength(judged ? 3 : 2);
  });

  test('or by nobody: then it is a typed failure with the votes', async () => {
    await expect(run({ members: two, decide: 'voteOrFail' })).rejects.toMatchObject({
      message: expect.stringContaining('the votes are equal (a: 1, b: 1)') as string,
      details: { failure: 'Pipeline.NoDecision' },
    });
  });

  test('a judge reads free texts and gives the answer; its call counts', async () => {
    const consensus = await run({ members: two, decide: 'judge' });
    expect(consensus).toMatchObject({ decidedBy: 'judge', failed: [] });
    expect(consensus.value).toEqual(expect.stringContaining('judge east and claude'));
    expect(consensus.attempts).toHaveLength(3);
  });

  test.each([
    ['one member', { members: { east: two.east }, decide: 'vote' }, 'two members or more, received 1'],
    ['a quorum of more than there are', { members: two, decide: 'vote', quorum: 3 }, 'from 1 to 2, received 3'],
  ])('%s is refused before anything is asked', async (_, input, message) => {
    await expect(run(input)).rejects.toMatchObject({
      message: expect.stringContaining(message) as string,
      details: { failure: 'Pipeline.InvalidInput' },
    });
    expect(await harness.simulator.ledger()).toEqual([]);
  });
});
