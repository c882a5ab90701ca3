/** Days pass at once: the server skips to the next timer of a run as soon as nothing is in flight. */
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { WorkflowClient } from '@temporalio/client';
import type { AuditEntry } from '../../../src/contracts/approval';
import type { Notice } from '../../../src/contracts/approval-check';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';
import { headerOf, startMailServer } from '../../support/mail-server';
import type { TestMailServer } from '../../support/mail-server';
import { askIn } from './asking';

const secret = 'a secret of both sides';
const hourMs = 3_600_000;

class SkippingClient extends WorkflowClient {
  protected override async createStartWorkflowRequest(
    ...args: Parameters<WorkflowClient['createStartWorkflowRequest']>
  ): ReturnType<WorkflowClient['createStartWorkflowRequest']> {
    return { ...(await super.createStartWorkflowRequest(...args)), timeSkippingConfig: { enabled: true } };
  }
}

interface Received {
  readonly path: string | undefined;
  readonly signature: string | undefined;
  readonly body: string;
}

describe('an approval and the time', () => {
  let harness: Harness;
  let receiver: Server;
  let mailServer: TestMailServer;
  let received: Received[] = [];
  /** What the next requests are answered with; 200 once there are no more. */
  let answers: number[] = [];
  let runs = 0;

  const take = async (request: IncomingMessage): Promise<number> => {
    const body = await text(request);
    const status = answers.shift() ?? 200;
    if (status === 200) {
      const signature = request.headers['holdfast-signature'];
      received.push({ path: request.url, signature: typeof signature === 'string' ? signature : undefined, body });
    }
    return status;
  };

  beforeAll(async () => {
    harness = await startHarness();
    receiver = createServer((request, response) => {
      void take(request).then((status) => response.writeHead(status).end());
    });
    await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    mailServer = await startMailServer();
    Object.assign(harness.environment, {
      HOLDFAST_NOTIFY_WEBHOOK_URL: `${url}/webhook`,
      HOLDFAST_NOTIFY_WEBHOOK_SECRET: secret,
      HOLDFAST_NOTIFY_SLACK_URL: `${url}/slack`,
      HOLDFAST_SMTP_URL: `smtp://127.0.0.1:${mailServer.port}`,
      HOLDFAST_MAIL_FROM: 'Holdfast <holdfast@acme.example>',
      HOLDFAST_MAIL_TO: 'editors=ana@acme.example',
    });
    await harness.startWorker();
  });
  beforeEach(() => {
    received = [];
    answers = [];
  });
  afterAll(async () => {
    await harness.stop();
    receiver.closeAllConnections();
    receiver.close();
    await mailServer.stop();
  });

  /** Asks and lets time pass; the result, and what happened how many hours after the question. */
  const askAndWait = async (
    options: object,
  ): Promise<{ outcome: unknown; events: string[]; entries: readonly AuditEntry[] }> => {
    const skipping = new SkippingClient({ connection: harness.temporal.connection });
    const workflowId = `askWith:later-${harness.taskQueue}-${runs++}`;
    const handle = await skipping.start('askWith', { workflowId, taskQueue: harness.taskQueue, args: [options] });
    const result = (await handle.result()) as { outcome: unknown };
    const entries = (await harness.client.run(workflowId).audit()).entries;
    const startMs = Date.parse(entries[0]?.at ?? '');
    const events = entries.map(
      ({ event, at }) => `${event} after ${Math.round((Date.parse(at) - startMs) / hourMs)} h`,
    );
    return { outcome: result.outcome, events, entries };
  };

  test('reminds before the deadline, escalates, and ends as it was told to', async () => {
    const { outcome, events } = await askAndWait({
      roles: ['editors'],
      deadline: '3 days',
      remind: ['1 day'],
      escalate: { after: '12 hours', to: ['managers'] },
      notify: ['webhook'],
      onExpiry: 'reject',
    });
    expect(outcome).toBe('rejected');
    expect(events).toEqual([
      'asked after 0 h',
      'notified after 0 h',
      'escalated after 12 h',
      'notified after 12 h',
      'notified after 48 h',
      'closed after 72 h',
    ]);
    const notices = received.map(({ body }) => JSON.parse(body) as Notice);
    expect(notices.map(({ event, approval }) => [event, approval.roles])).toEqual([
      ['asked', ['editors']],
      ['escalated', ['editors', 'managers']],
      ['reminder', ['editors', 'managers']],
    ]);
  }, 60_000);

  test('a webhook is signed, and says what is asked but not the content', async () => {
    const { run, pending } = await askIn(harness, { notify: ['webhook'] });
    const [sent] = await eventually('the notice', () => Promise.resolve(received.length > 0 && received));
    const [, seconds, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(sent?.signature ?? '') ?? [];
    expect(signature).toBe(createHmac('sha256', secret).update(`${seconds}.${sent?.body}`).digest('hex'));
    expect(JSON.parse(sent?.body ?? '')).toEqual({
      event: 'asked',
      workflowId: run.workflowId,
      pipeline: 'askWith',
      approval: {
        name: 'publish',
        occurrence: 0,
        title: 'Publish this?',
        digest: pending.digest,
        allow: ['approve', 'reject'],
        askedAt: pending.askedAt,
      },
    });
    await run.decide('publish', { outcome: 'approved', by: 'ana' });
  });

  test('a channel that is down is tried again, and holds nothing up', async () => {
    answers = [503, 429];
    const { run } = await askIn(harness, { notify: ['slack'], title: 'Pay <b> & go?' });
    const [sent] = await eventually('the notice', () => Promise.resolve(received.length > 0 && received));
    expect(JSON.parse(sent?.body ?? '')).toEqual({
      text: expect.stringMatching(/^\*A decision is needed\*: Pay &lt;b&gt; &amp; go\?\nRun `askWith:/),
    });
    await run.decide('publish', { outcome: 'approved', by: 'ana' });
    expect(await run.result()).toMatchObject({ outcome: 'approved' });
  });

  test('a mail whose acknowledgement is lost comes again under the same id, and is told once in the trail', async () => {
    mailServer.reactions.push('drop');
    const { run } = await askIn(harness, { notify: ['email'], roles: ['editors'] });
    await eventually('the entry', async () =>
      (await run.audit()).entries.some(({ event, reason }) => event === 'notified' && reason === 'asked by email'),
    );
    expect(mailServer.received.map(({ to }) => to)).toEqual([['ana@acme.example'], ['ana@acme.example']]);
    const [first, second] = mailServer.received.map((mail) => headerOf(mail, 'message-id'));
    expect(first).toMatch(/^<[0-9a-f]{32}@acme\.example>$/);
    expect(second).toBe(first);
    await run.decide('publish', { outcome: 'approved', by: 'ana', roles: ['editors'] });
  });

  test.each([
    ['refuses for good', ['slack'], [404], /asked by slack: slack answered 404/],
    ['is not set up', ['pigeon'], [], /there is no channel "pigeon".*webhook, slack, email/],
  ])('a channel that %s is in the trail, and the run goes on', async (_, notify, statuses, reason) => {
    answers = statuses;
    const { run } = await askIn(harness, { notify });
    await eventually('the entry', async () =>
      (await run.audit()).entries.some((entry) => entry.event === 'notNotified' && reason.test(entry.reason ?? '')),
    );
    await run.decide('publish', { outcome: 'approved', by: 'ana' });
    expect(await run.result()).toMatchObject({ outcome: 'approved' });
  });

  test('the group it was escalated to may decide, and not before', async () => {
    const { run } = await askIn(harness, { roles: ['editors'], escalate: { after: '2s', to: ['managers'] } });
    const manager = { outcome: 'approved', by: 'mo', roles: ['managers'] } as const;
    await expect(run.decide('publish', manager)).rejects.toMatchObject({ type: 'Approval.Forbidden' });
    await eventually('the escalation', async () => (await run.status()).approvals[0]?.escalatedAt !== undefined);
    await run.decide('publish', manager);
    expect(await run.result()).toMatchObject({ outcome: 'approved', by: 'mo' });
  });

  test('an unsure answer is shown to a person, by a threshold that may be changed meanwhile', async () => {
    const input = { answers: [{ confidence: 0.5 }, { confidence: 0.6 }, { confidence: Number.NaN }], below: 0.8 };
    const run = await harness.client.start('review', input, { id: `review-${harness.taskQueue}` });
    await eventually('the first', async () => (await run.status()).approvals.length === 1);
    const raw = harness.temporal.workflow.getHandle(run.workflowId);
    const set = (value: unknown): Promise<unknown> => raw.executeUpdate('setThreshold', { args: [value] });
    await expect(set({ review: 'extract', below: 7, by: 'ana' })).rejects.toMatchObject({
      cause: { type: 'Approval.Malformed', message: expect.stringContaining('from 0 to 1') },
    });
    await set({ review: 'extract', below: 0.55, by: 'ana' });
    await run.decide('extract', { outcome: 'edited', by: 'bo', content: { confidence: 1 } });
    // The second passes now; the third says nothing about itself.
    await eventually('the third', async () => (await run.status()).approvals[0]?.occurrence === 1);
    await run.decide('extract', { outcome: 'rejected', by: 'bo' });
    expect(await run.result()).toEqual(['edited', 'passed', 'rejected']);
    expect((await run.audit()).entries).toContainEqual(
      expect.objectContaining({ event: 'thresholdSet', approval: 'extract', below: 0.55, by: 'ana' }),
    );
  });
});
