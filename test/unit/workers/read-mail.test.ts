import type { Notice } from '../../../src/contracts/approval-check';
import { readMail } from '../../../src/workers/read-mail';

const settings = {
  HOLDFAST_SMTP_URL: 'smtp://user:p%40ss@mail.acme.example',
  HOLDFAST_MAIL_FROM: 'Holdfast <holdfast@acme.example>',
  HOLDFAST_MAIL_TO: 'editors=ana@acme.example, bo@acme.example; *=ops@acme.example',
};
const notice = { workflowId: 'researchReport:a/b', approval: { name: 'publish & print' } } as Notice;

describe('readMail', () => {
  test('is undefined without a server', () => {
    expect(readMail({ HOLDFAST_MAIL_TO: '*=ops@acme.example' })).toBeUndefined();
  });

  test('reads server, sender and recipients', () => {
    expect(readMail(settings)).toEqual({
      server: {
        host: 'mail.acme.example',
        port: 587,
        isSecure: false,
        requiresStartTls: true,
        login: { user: 'user', pass: 'p@ss' },
      },
      from: '"Holdfast" <holdfast@acme.example>',
      recipients: new Map([
        ['editors', ['ana@acme.example', 'bo@acme.example']],
        ['*', ['ops@acme.example']],
      ]),
    });
  });

  test.each([
    ['smtps://mail.acme.example', { port: 465, isSecure: true, requiresStartTls: false }],
    ['smtp://127.0.0.1:2525', { port: 2525, isSecure: false, requiresStartTls: false }],
    ['smtp://[::1]:2525/', { host: '::1', requiresStartTls: false }],
  ])('%s', (url, server) => {
    expect(readMail({ ...settings, HOLDFAST_SMTP_URL: url })?.server).toMatchObject(server);
  });

  test('links to a page of its own, else to the UI of Temporal', () => {
    const own = readMail({ ...settings, HOLDFAST_NOTICE_LINK: 'https://inbox.example/{workflowId}?q={approval}' });
    expect(own?.linkOf?.(notice)).toBe('https://inbox.example/researchReport%3Aa%2Fb?q=publish%20%26%20print');
    const ui = readMail({ ...settings, TEMPORAL_UI_URL: 'https://ui.example/', TEMPORAL_NAMESPACE: 'prod' });
    expect(ui?.linkOf?.(notice)).toBe('https://ui.example/namespaces/prod/workflows/researchReport%3Aa%2Fb');
  });

  test.each([
    ['HOLDFAST_SMTP_URL', 'mail.acme.example:587', /^HOLDFAST_SMTP_URL: expected smtp:\/\//],
    ['HOLDFAST_SMTP_URL', 'https://user:secret@mail.acme.example', /^HOLDFAST_SMTP_URL: expected(?!.*secret)/],
    ['HOLDFAST_SMTP_URL', 'smtp://user:secret@mail.acme.example?pool=true', /^HOLDFAST_SMTP_URL: expected(?!.*secret)/],
    ['HOLDFAST_SMTP_URL', 'smtp://user:100%@mail.acme.example', /percent-encoded/],
    ['HOLDFAST_MAIL_FROM', '', /^HOLDFAST_MAIL_FROM: expected an address/],
    ['HOLDFAST_MAIL_FROM', 'Holdfast', /^HOLDFAST_MAIL_FROM/],
    ['HOLDFAST_MAIL_FROM', 'a@b.example\r\nBcc: eve@evil.example', /^HOLDFAST_MAIL_FROM/],
    ['HOLDFAST_MAIL_FROM', 'A\r\nBcc: eve@evil.example <a@b.example>', /^HOLDFAST_MAIL_FROM/],
    ['HOLDFAST_MAIL_TO', '', /^HOLDFAST_MAIL_TO: is not set, although/],
    ['HOLDFAST_MAIL_TO', 'editors=', /^HOLDFAST_MAIL_TO: expected role=/],
    ['HOLDFAST_MAIL_TO', 'editors=ana', /received "editors=ana"/],
    ['HOLDFAST_MAIL_TO', '=ana@acme.example', /^HOLDFAST_MAIL_TO: expected role=/],
    ['HOLDFAST_MAIL_TO', 'a=x@y.example; a=z@y.example', /each role once/],
    ['HOLDFAST_MAIL_TO', 'a=x@y.example\nBcc: e@y.example', /^HOLDFAST_MAIL_TO: expected role=/],
    ['HOLDFAST_NOTICE_LINK', 'javascript:alert(1)//{workflowId}', /^HOLDFAST_NOTICE_LINK: expected a URL/],
    ['HOLDFAST_NOTICE_LINK', 'inbox/{workflowId}', /^HOLDFAST_NOTICE_LINK: expected a URL/],
  ])('%s=%j is refused', (variable, value, message) => {
    expect(() => readMail({ ...settings, [variable]: value })).toThrow(
      expect.objectContaining({ type: 'Config.Invalid', message: expect.stringMatching(message) }) as Error,
    );
  });
});
