import { randomBytes } from 'node:crypto';
import { connect } from '../../../src/client';
import type { HoldfastClient } from '../../../src/client';
import { startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';
import { askIn, audited, pendingOf, signal } from './asking';

const ana = { outcome: 'approved', by: 'ana@acme' } as const;
const bo = { outcome: 'approved', by: 'bo@acme' } as const;

describe('who may decide', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await startHarness();
    await harness.startWorker();
  });
  afterAll(() => harness.stop());

  test('two different people are two, the same one twice is not, in whatever case', async () => {
    const { run } = await askIn(harness, { required: 2 });
    await run.decide('publish', ana);
    await run.decide('publish', { ...ana, by: ' Ana@ACME', comment: 'again' });
    expect((await pendingOf(run)).votes).toHaveLength(1);
    await run.decide('publish', bo);
    expect(await run.result()).toMatchObject({ outcome: 'approved', votes: [{}, {}] });
  });

  test('one rejection ends it, also of somebody who had approved', async () => {
    const { run } = await askIn(harness, { required: 3 });
    await run.decide('publish', ana);
    await run.decide('publish', bo);
    await run.decide('publish', { ...ana, outcome: 'rejected', comment: 'I missed something' });
    expect(await run.result()).toMatchObject({ outcome: 'rejected', by: 'ana@acme', comment: 'I missed something' });
  });

  test('two rejections end it where one is not enough', async () => {
    const { run } = await askIn(harness, { required: 2, rejections: 2 });
    await run.decide('publish', { ...ana, outcome: 'rejected' });
    await run.decide('publish', { ...bo, outcome: 'rejected' });
    expect(await run.result()).toMatchObject({ outcome: 'rejected' });
  });

  test('who lacks the role is refused, and it waits on', async () => {
    const { run } = await askIn(harness, { roles: ['editors', 'legal'] });
    await expect(run.decide('publish', ana)).rejects.toMatchObject({ type: 'Approval.Forbidden' });
    await expect(run.decide('publish', { ...ana, roles: ['interns'] })).rejects.toMatchObject({
      type: 'Approval.Forbidden',
      message: expect.stringContaining('editors, legal'),
    });
    await run.decide('publish', { ...ana, roles: ['interns', 'legal'] });
    expect(await run.result()).toMatchObject({ outcome: 'approved' });
    expect(await audited(run, 'refused')).toHaveLength(2);
  });

  test('who started the run may not decide it where duties are separate', async () => {
    const { run } = await askIn(harness, { notStarter: true }, { startedBy: 'Ana@acme' });
    await expect(run.decide('publish', ana)).rejects.toMatchObject({ type: 'Approval.Forbidden' });
    await run.decide('publish', bo);
    expect(await run.result()).toMatchObject({ outcome: 'approved', by: 'bo@acme' });
  });

  test.each([
    ['nobody knows who started it', { notStarter: true }, /notStarter: nobody knows/],
    ['nobody could decide', { roles: [] }, /roles: is empty/],
    ['half a person', { required: 1.5 }, /required: expected a whole number/],
    ['an answer of two people', { required: 2, allow: ['answer'] }, /an answer is given by one/],
    ['a time that is none', { deadline: 'soon' }, /deadline: expected a time/],
    ['a reminder without a deadline', { remind: ['1 day'], notify: ['slack'] }, /no deadline/],
    [
      'a reminder before the question',
      { remind: ['2 days'], deadline: '1 day', notify: ['slack'] },
      /before the question/,
    ],
  ])('a pipeline in which %s fails by its type and says why', async (_, options, message) => {
    const run = await harness.client.start('askWith', options, {
      id: `wrong-${harness.taskQueue}-${String(message).length}`,
    });
    await expect(run.result()).rejects.toMatchObject({
      message: expect.stringMatching(message),
      details: { failure: 'Approval.Malformed' },
    });
  });

  test('an edit and an answer must match their schema', async () => {
    const { run } = await askIn(harness, {
      allow: ['edit', 'answer'],
      editSchema: 'ResearchOutline',
      answerSchema: 'ResearchOutline',
    });
    const outline = { title: 'On bells', sections: [{ heading: 'Bronze', question: 'What is it?', chapters: [1] }] };
    const wrong = { ...outline, sections: [] };
    await expect(run.decide('publish', { outcome: 'edited', by: 'ana', content: wrong })).rejects.toMatchObject({
      type: 'Approval.Malformed',
      message: expect.stringContaining('content: does not match ResearchOutline: sections'),
    });
    await expect(run.decide('publish', { outcome: 'answered', by: 'ana', answer: 'yes' })).rejects.toMatchObject({
      type: 'Approval.Malformed',
      message: expect.stringContaining('answer: does not match ResearchOutline'),
    });
    await run.decide('publish', { outcome: 'answered', by: 'ana', answer: outline });
    expect(await run.result()).toMatchObject({ outcome: 'answered', answer: outline, content: { text: 'shown' } });
  });

  test('an answer without a schema is any JSON', async () => {
    const { run } = await askIn(harness, { allow: ['answer'] });
    await run.decide('publish', { outcome: 'answered', by: 'ana', answer: [1, null, 'x'] });
    expect(await run.result()).toMatchObject({ outcome: 'answered', answer: [1, null, 'x'] });
  });
});

describe('who may decide, with keys', () => {
  let harness: Harness;
  let keyed: HoldfastClient;
  let stranger: HoldfastClient;

  const ring = (): string => `k1:${randomBytes(32).toString('base64')}`;

  beforeAll(async () => {
    harness = await startHarness();
    harness.environment['HOLDFAST_APPROVAL_KEYS'] = ring();
    await harness.startWorker();
    keyed = await connect({ environment: harness.environment });
    stranger = await connect({ environment: { ...harness.environment, HOLDFAST_APPROVAL_KEYS: ring() } });
  });
  afterAll(async () => {
    await keyed.close();
    await stranger.close();
    await harness.stop();
  });

  test('without a token nobody decides, neither by update nor by signal', async () => {
    const { run, pending } = await askIn(harness);
    await expect(run.decide('publish', ana)).rejects.toMatchObject({ type: 'Approval.Forbidden' });
    await signal(harness, run, { approval: 'publish', ...ana, digest: pending.digest });
    const forged = stranger.run(run.workflowId).decide('publish', ana);
    await expect(forged).rejects.toMatchObject({
      type: 'Approval.Forbidden',
      message: expect.stringContaining('signature'),
    });
    await keyed.run(run.workflowId).decide('publish', ana);
    expect(await run.result()).toMatchObject({ outcome: 'approved' });
    expect(await audited(run, 'refused')).toHaveLength(3);
    expect(await audited(run, 'decided')).toMatchObject([{ by: 'ana@acme', isAuthenticated: true }]);
  });

  test('the token says who decides and as what, whatever the sender says', async () => {
    const { run, pending } = await askIn(harness, { roles: ['editors'], notStarter: true }, { startedBy: 'ana@acme' });
    const { workflowId } = run;
    const own = await keyed
      .run(workflowId)
      .approvalToken('publish', { by: 'ana@acme', roles: ['editors'], validMs: 60_000 });
    await expect(run.decide('publish', { ...bo, token: own, roles: ['editors'] })).rejects.toMatchObject({
      type: 'Approval.Forbidden',
      message: expect.stringContaining('started the run'),
    });
    const token = await keyed
      .run(workflowId)
      .approvalToken('publish', { by: 'bo@acme', roles: ['editors'], validMs: 60_000 });
    await signal(harness, run, { approval: 'publish', ...ana, digest: pending.digest, token });
    expect(await run.result()).toMatchObject({ outcome: 'approved', by: 'bo@acme' });
  });

  test('the token of another question, or of yesterday, is worth nothing', async () => {
    const first = await askIn(harness);
    const second = await askIn(harness);
    const other = await keyed.run(first.run.workflowId).approvalToken('publish', { by: 'bo', validMs: 60_000 });
    await expect(second.run.decide('publish', { ...bo, token: other })).rejects.toMatchObject({
      message: expect.stringContaining('another question'),
    });
    const old = await keyed.run(second.run.workflowId).approvalToken('publish', { by: 'bo', validMs: -1 });
    await expect(second.run.decide('publish', { ...bo, token: old })).rejects.toMatchObject({
      message: expect.stringContaining('expired'),
    });
    for (const { run } of [first, second]) await keyed.run(run.workflowId).decide('publish', ana);
  });
});
