/** Sends mail by SMTP. One connection for each message: notices are few, and an idle connection is closed by most servers. */
import { createTransport } from 'nodemailer';
import type { NodemailerError } from 'nodemailer';
import type { SendMail } from '../activities/notify-mail';
import { HoldfastError } from '../errors/holdfast-error';
import { createRedact } from '../security/redact';

export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte, as on port 465. */
  readonly isSecure: boolean;
  /** Refuse to go on in plain text when the server has no STARTTLS. */
  readonly requiresStartTls: boolean;
  readonly login?: { readonly user: string; readonly pass: string };
}

export interface MailTimeouts {
  readonly connectMs: number;
  readonly replyMs: number;
  /** Of the whole message; below the 20 s of the activity. */
  readonly messageMs: number;
}

const defaultTimeouts: MailTimeouts = { connectMs: 5_000, replyMs: 10_000, messageMs: 15_000 };
const longestReply = 300;
/** Settings that another attempt would not change, and replies of 5xx, which the server means for good. */
const finalCodes: readonly (string | undefined)[] = ['ECONFIG', 'ENOAUTH'];

export function createMailTransport(server: MailServer, timeouts: MailTimeouts = defaultTimeouts): SendMail {
  const { host, port, isSecure, requiresStartTls, login } = server;
  const transport = createTransport({
    host,
    port,
    secure: isSecure,
    requireTLS: requiresStartTls,
    ignoreTLS: !requiresStartTls,
    connectionTimeout: timeouts.connectMs,
    dnsTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.replyMs,
    socketTimeout: timeouts.replyMs,
    // A text that came from elsewhere must never become a file or an address to be read.
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(login && { auth: login }),
  });
  const redact = createRedact({ secrets: login === undefined ? [] : [login.pass, login.user] });
  return async ({ to, references, ...mail }) => {
    const signal = AbortSignal.timeout(timeouts.messageMs);
    const headers = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' };
    const sent = (await transport
      .sendMail({ ...mail, to: [...to], references, headers, signal })
      .catch((error: unknown) => {
        throw failureOf(error as NodemailerError, redact);
      })) as Sent;
    if (sent.rejected.length === 0) return;
    const told = `email: ${sent.rejected.length} of ${to.length} addresses were refused`;
    // The others are told twice, under the same id: better than that somebody is not told at all.
    if (sent.rejectedErrors.some(({ permanent }) => permanent !== true)) throw new Error(`${told} for now`);
    throw new HoldfastError('Config.Invalid', `${told}, the others have it: check HOLDFAST_MAIL_TO`);
  };
}

/** Of what the library answers when at least one address was accepted. */
interface Sent {
  readonly rejected: readonly string[];
  readonly rejectedErrors: readonly NodemailerError[];
}

/** The library's own error is not passed on as a cause: it may quote the login, and causes stand in history. */
function failureOf(error: NodemailerError, redact: (text: string) => string): Error {
  const { code, originalCode, command, responseCode, response } = error;
  if (responseCode === undefined) {
    const told = `email: the mail server cannot be used (${timeoutOf(error) ?? originalCode ?? code ?? error.name})`;
    if (!finalCodes.includes(code)) return new Error(told);
    return new HoldfastError('Config.Invalid', `${told}: check HOLDFAST_SMTP_URL`);
  }
  const reply = redact((response ?? String(responseCode)).replaceAll(/\s+/g, ' ')).slice(0, longestReply);
  const told = `email: the mail server answered "${reply}"${command === undefined ? '' : ` to ${command}`}`;
  if (error.permanent !== true) return new Error(told);
  return new HoldfastError(
    'Config.Invalid',
    `${told}: check HOLDFAST_SMTP_URL, HOLDFAST_MAIL_FROM and HOLDFAST_MAIL_TO`,
  );
}

function timeoutOf({ timeoutType, code }: NodemailerError): string | undefined {
  if (code === 'EABORT') return 'no end within the time of a message';
  return timeoutType?.toLowerCase().replaceAll('_', ' ');
}
