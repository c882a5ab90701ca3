import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import type { SMTPServerOptions } from 'smtp-server';
import type { Mail } from '../../../src/activities/notify-mail';
import { createMailTransport } from '../../../src/workers/mail-transport';
import type { MailServer } from '../../../src/workers/mail-transport';
import { headerOf, startMailServer } from '../../support/mail-server';
import type { Reaction, TestMailServer } from '../../support/mail-server';

const quick = { connectMs: 500, replyMs: 300, messageMs: 2_000 };
const mail: Mail = {
  from: '"Holdfast" <holdfast@acme.example>',
  to: ['ana@acme.example', 'bo@acme.example'],
  subject: 'A decision is needed: Größe',
  text: 'Zeile\n.\nline',
  html: '<p>Zeile</p>',
  messageId: '<0123456789abcdef@acme.example>',
  references: '<digest@acme.example>',
};

let server: TestMailServer;
const open = async (options: SMTPServerOptions = {}): Promise<void> => void (server = await startMailServer(options));
const send = (changes: Partial<MailServer> = {}): Promise<void> =>
  createMailTransport(
    { host: '127.0.0.1', port: server.port, isSecure: false, requiresStartTls: false, ...changes },
    quick,
  )(mail);
const wrongWith = (error: Error, settings: SMTPServerOptions = {}): Promise<void> =>
  open({ ...settings, onMailFrom: (_address, _session, done) => done(error) });
const reply = (responseCode: number, text: string): Error => Object.assign(new Error(text), { responseCode });

afterEach(() => server.stop());

describe('createMailTransport', () => {
  test('hands one message with text and HTML to the server, for all recipients', async () => {
    await open();
    await send();
    const [received] = server.received;
    if (received === undefined) throw new Error('nothing was received');
    expect(received.to).toEqual(['ana@acme.example', 'bo@acme.example']);
    expect(headerOf(received, 'message-id')).toBe('<0123456789abcdef@acme.example>');
    expect(headerOf(received, 'references')).toBe('<digest@acme.example>');
    expect(headerOf(received, 'auto-submitted')).toBe('auto-generated');
    expect(headerOf(received, 'subject')).toBe('=?UTF-8?Q?A_decision_is_needed=3A_Gr=C3=B6=C3=9Fe?=');
    expect(received.source).toMatch(
      /Content-Type: text\/plain[\s\S]*Zeile[\s\S]*Content-Type: text\/html[\s\S]*<p>Zeile<\/p>/,
    );
  });

  test('a message whose acknowledgement was lost comes again under the same id', async () => {
    await open();
    server.reactions.push('drop');
    await expect(send()).rejects.not.toHaveProperty('type');
    await send();
    const ids = server.received.map((received) => headerOf(received, 'message-id'));
    expect(ids).toEqual([mail.messageId, mail.messageId]);
  });

  test('a login is sent to a server that asks for one', async () => {
    const logins: unknown[] = [];
    await open({
      disabledCommands: ['STARTTLS'],
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) => {
        logins.push(username, password);
        done(null, { user: 'ok' });
      },
    });
    await send({ login: { user: 'holdfast', pass: 'pässword-1' } });
    expect(logins).toEqual(['holdfast', 'pässword-1']);
    expect(server.received).toHaveLength(1);
  });

  test.each<readonly [string, Reaction]>([
    ['450 4.2.1 busy', [450, '4.2.1 busy']],
    ['421 4.3.2 shutting down', [421, '4.3.2 shutting down']],
    ['503 bad sequence', [503, 'bad sequence']],
  ])('%s may pass: it is tried again', async (told, reaction) => {
    await open();
    server.reactions.push(reaction);
    const failed = send();
    await expect(failed).rejects.toThrow(`email: the mail server answered "${told}" to DATA`);
    await expect(failed).rejects.not.toHaveProperty('type');
    await send();
    expect(server.received).toHaveLength(2);
  });

  test('550 is final', async () => {
    await wrongWith(reply(550, '5.7.1 sender refused'));
    await expect(send()).rejects.toMatchObject({
      type: 'Config.Invalid',
      message: expect.stringMatching(
        /^email: the mail server answered "550 5\.7\.1 sender refused" to MAIL FROM: check /,
      ),
    });
  });

  test.each([
    [
      'for good',
      550,
      { type: 'Config.Invalid', message: expect.stringContaining('1 of 2 addresses were refused, the others') },
    ],
    ['for now', 450, { name: 'Error', message: 'email: 1 of 2 addresses were refused for now' }],
  ])('one address that is refused %s is told', async (_, code, expected) => {
    await open({
      onRcptTo: ({ address }, _session, done) => (address.startsWith('bo') ? done(reply(code, 'no mailbox')) : done()),
    });
    await expect(send()).rejects.toMatchObject(expected);
    expect(server.received.map(({ to }) => to)).toEqual([['ana@acme.example']]);
  });

  test('a refused login is final, and neither user nor password is told', async () => {
    await open({
      disabledCommands: ['STARTTLS'],
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) => done(reply(535, `5.7.8 no ${username} with ${password}`)),
    });
    const error = (await send({ login: { user: 'holdfast-user', pass: 'pa55word-very-secret' } }).catch(
      (thrown: unknown) => thrown,
    )) as Error;
    expect(error).toMatchObject({ type: 'Config.Invalid', message: expect.stringContaining('535 5.7.8 no ') });
    expect(`${error.message} ${error.stack} ${JSON.stringify(error.cause)}`).not.toMatch(/pa55word|holdfast-user/);
  });

  test('nothing listens: tried again', async () => {
    await open();
    await server.stop();
    await expect(send()).rejects.toThrow('email: the mail server cannot be used (ECONNREFUSED)');
    await expect(send()).rejects.not.toHaveProperty('type');
    await open();
  });

  test('TLS is demanded of a server without it: nothing goes out in plain text', async () => {
    await open();
    await expect(send({ requiresStartTls: true })).rejects.toThrow(/^email: the mail server/);
    expect(server.received).toEqual([]);
  });

  test('STARTTLS with a certificate that nobody vouches for is refused', async () => {
    await open({ disabledCommands: ['AUTH'] });
    await expect(send({ requiresStartTls: true, host: 'localhost' })).rejects.toThrow(/^email: the mail server cannot/);
    expect(server.received).toEqual([]);
  });
});

describe('a server that hangs', () => {
  let silent: Server;
  beforeEach(async () => {
    await open();
    silent = createServer();
    await new Promise<void>((listening) => void silent.listen(0, '127.0.0.1', listening));
  });
  afterEach(() => new Promise((closed) => silent.close(closed)));

  test('is given up within the time of a reply', async () => {
    const startedAt = performance.now();
    await expect(send({ port: (silent.address() as AddressInfo).port })).rejects.toThrow(
      /^email: the mail server cannot be used \((greeting|socket) timeout\)$/,
    );
    expect(performance.now() - startedAt).toBeLessThan(1_500);
  });
});
