import type { Notice } from '../../../src/contracts/approval-check';
import { createMailNotifier } from '../../../src/activities/notify-mail';
import type { Mail, MailOptions } from '../../../src/activities/notify-mail';

const recipients = new Map([
  ['editors', ['ana@acme.example', 'bo@acme.example']],
  ['managers', ['mo@acme.example', 'ana@acme.example']],
  ['*', ['ops@acme.example']],
]);
const context = { idempotencyKey: 'ab'.repeat(32) };
const notice: Notice = {
  event: 'reminder',
  workflowId: 'report:1',
  pipeline: 'report',
  approval: {
    name: 'publish',
    occurrence: 0,
    title: 'Publish <this> & that?\r\nBcc: eve@evil.example\u2028x',
    digest: 'd1935',
    allow: ['approve'],
    askedAt: '2026-11-21T10:00:00.000Z',
    deadlineAt: '2026-11-23T10:00:00.000Z',
    roles: ['editors', 'managers'],
    required: 2,
  },
};

async function sentFor(given: Notice, options: Partial<MailOptions> = {}): Promise<Mail> {
  const sent: Mail[] = [];
  const send = (mail: Mail): Promise<void> => Promise.resolve(void sent.push(mail));
  await createMailNotifier({ send, from: '"Holdfast" <holdfast@acme.example>', recipients, ...options })(
    given,
    context,
  );
  return sent[0] as Mail;
}

describe('createMailNotifier', () => {
  test('writes who, what, until when and where to decide, in one line each', async () => {
    const mail = await sentFor(notice, { linkOf: ({ workflowId }) => `https://ui.example/?a=1&run=${workflowId}` });
    expect(mail).toMatchObject({
      to: ['ana@acme.example', 'bo@acme.example', 'mo@acme.example'],
      subject: 'Reminder: a decision is needed: Publish <this> & that? Bcc: eve@evil.example x',
      messageId: `<${'ab'.repeat(16)}@acme.example>`,
      references: '<d1935@acme.example>',
    });
    expect(mail.text.split('\n')).toEqual([
      'Publish <this> & that? Bcc: eve@evil.example x',
      '',
      'Run: report:1 (report)',
      'Approval: publish',
      'For: editors, managers',
      'Needed: 2 people',
      'Until: 2026-11-23 10:00 UTC',
      '',
      'https://ui.example/?a=1&run=report:1',
      'holdfast status report:1 shows it',
      '',
    ]);
    expect(mail.html).toContain('Publish &lt;this&gt; &amp; that? Bcc: eve@evil.example x');
    expect(mail.html).toContain('<a href="https://ui.example/?a=1&amp;run=report:1">');
    expect(mail.html).not.toContain('<this>');
  });

  test.each([
    ['a role that is not listed', ['auditors'], ['ops@acme.example']],
    ['no roles', undefined, ['ops@acme.example']],
  ])('%s is for whom * names', async (_, roles, to) => {
    const { roles: _roles, ...rest } = notice.approval;
    expect((await sentFor({ ...notice, approval: { ...rest, ...(roles && { roles }) } })).to).toEqual(to);
  });

  test('nobody to tell is a mistake in the settings', async () => {
    const nobody = sentFor(
      { ...notice, approval: { ...notice.approval, roles: ['auditors'] } },
      { recipients: new Map() },
    );
    await expect(nobody).rejects.toMatchObject({
      type: 'Config.Invalid',
      message: 'email: HOLDFAST_MAIL_TO has no address for "auditors", and none for *',
    });
  });
});
