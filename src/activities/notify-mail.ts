/** Approval notices as e-mail: plain text, and the same as simple HTML. Sending is the transport's part. */
import type { Notice, NotifyEvent } from '../contracts/approval-check';
import { HoldfastError } from '../errors/holdfast-error';
import type { Notifier } from './notify';

export interface Mail {
  /** Header value, e.g. `Holdfast <holdfast@acme.example>`. */
  readonly from: string;
  /** Addresses. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** With angle brackets. The same for every attempt at the same notice. */
  readonly messageId: string;
  /** Of what all notices about one question answer to: mail programs show them as one conversation. */
  readonly references: string;
}

/** Throws `Config.Invalid` for what the server refuses for good, any error for what may pass. Messages hold no secret. */
export type SendMail = (mail: Mail) => Promise<void>;

export interface MailOptions {
  readonly send: SendMail;
  readonly from: string;
  /** By role; `*` for questions without roles, and for roles that are not listed. */
  readonly recipients: ReadonlyMap<string, readonly string[]>;
  /** Where a person decides; absent = only the command is told. */
  readonly linkOf?: (notice: Notice) => string;
}

const longestTitle = 150;

const headline: Readonly<Record<NotifyEvent, string>> = {
  asked: 'A decision is needed',
  reminder: 'Reminder: a decision is needed',
  escalated: 'Nobody has decided yet: a decision is needed',
};

/** One mail for everybody who may decide: what is asked, until when, and where to decide. The content is not in it. */
export function createMailNotifier({ send, from, recipients, linkOf }: MailOptions): Notifier {
  const domain = domainOf(from);
  return async (notice, { idempotencyKey }) => {
    const { event, approval } = notice;
    const to = recipientsOf(recipients, approval.roles);
    const title = oneLine(approval.title).slice(0, longestTitle);
    const lines = linesOf(notice);
    const link = linkOf?.(notice);
    const command = `holdfast status ${oneLine(notice.workflowId)}`;
    await send({
      from,
      to,
      subject: `${headline[event]}: ${title}`,
      text: [title, '', ...lines, '', ...(link === undefined ? [] : [link]), `${command} shows it`, ''].join('\n'),
      html: htmlOf({ head: headline[event], title, lines, link, command }),
      messageId: `<${idempotencyKey.slice(0, 32)}@${domain}>`,
      references: `<${approval.digest}@${domain}>`,
    });
  };
}

function recipientsOf(recipients: MailOptions['recipients'], roles: readonly string[] | undefined): readonly string[] {
  const others = recipients.get('*') ?? [];
  const found = roles === undefined ? others : roles.flatMap((role) => recipients.get(role) ?? others);
  if (found.length > 0) return [...new Set(found)];
  const whom = roles === undefined ? 'questions without roles' : roles.map((role) => `"${role}"`).join(', ');
  throw new HoldfastError('Config.Invalid', `email: HOLDFAST_MAIL_TO has no address for ${whom}, and none for *`);
}

function linesOf({ workflowId, pipeline, approval }: Notice): string[] {
  const { name, deadlineAt, roles, required = 1 } = approval;
  return [
    `Run: ${oneLine(workflowId)} (${oneLine(pipeline)})`,
    `Approval: ${oneLine(name)}`,
    ...(roles === undefined ? [] : [`For: ${oneLine(roles.join(', '))}`]),
    ...(required === 1 ? [] : [`Needed: ${required} people`]),
    ...(deadlineAt === undefined ? [] : [`Until: ${deadlineAt.slice(0, 16).replace('T', ' ')} UTC`]),
  ];
}

interface Body {
  readonly head: string;
  readonly title: string;
  readonly lines: readonly string[];
  readonly link: string | undefined;
  readonly command: string;
}

function htmlOf({ head, title, lines, link, command }: Body): string {
  const rows = lines.map((line) => `${escaped(line)}<br>`);
  const anchor = link === undefined ? [] : [`<p><a href="${escaped(link)}">Look and decide</a></p>`];
  const parts = [
    `<p>${escaped(head)}</p>`,
    `<h1 style="font-size:18px">${escaped(title)}</h1>`,
    '<p>',
    ...rows,
    '</p>',
  ];
  const page = [...parts, ...anchor, `<p><code>${escaped(command)}</code> shows it</p>`].join('\n');
  return `<!doctype html>\n<html><body style="font-family:sans-serif">\n${page}\n</body></html>\n`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** A line break in a title would begin a header of its own in the subject, or a line of its own in the text. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

/** `from` has been checked by who made it. */
function domainOf(from: string): string {
  return /@([^@>\s]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
}
