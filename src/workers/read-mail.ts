/** What the environment says about the channel `email`: the server, who sends, who is told. */
import type { Notice } from '../contracts/approval-check';
import { HoldfastError } from '../errors/holdfast-error';
import type { MailOptions } from '../activities/notify-mail';
import type { MailServer } from './mail-transport';

const variables = {
  server: 'HOLDFAST_SMTP_URL',
  from: 'HOLDFAST_MAIL_FROM',
  to: 'HOLDFAST_MAIL_TO',
  link: 'HOLDFAST_NOTICE_LINK',
} as const;

export interface MailSettings extends Omit<MailOptions, 'send'> {
  readonly server: MailServer;
}

const defaultPorts = { 'smtp:': 587, 'smtps:': 465 } as const;
const localHosts: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];
/** Stricter than what mail allows: what does not fit here is a mistake more often than an address. */
const address = /^[^\s@<>()[\]\\,;:"\p{Cc}]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/u;

/** Undefined without HOLDFAST_SMTP_URL. Throws `Config.Invalid`; no message shows the address, which may hold a password. */
export function readMail(environment: NodeJS.ProcessEnv): MailSettings | undefined {
  const text = environment[variables.server];
  if (!text) return undefined;
  const server = readServer(text);
  const linkOf = readLink(environment);
  return {
    server,
    from: readFrom(environment[variables.from] ?? ''),
    recipients: readRecipients(environment[variables.to] ?? ''),
    ...(linkOf && { linkOf }),
  };
}

function readServer(text: string): MailServer {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url?.pathname === '' || url?.pathname === '/';
  if (url?.hostname && isPlain && url.search === '' && (url.protocol === 'smtp:' || url.protocol === 'smtps:')) {
    const isSecure = url.protocol === 'smtps:';
    const login = { user: decoded(url.username), pass: decoded(url.password) };
    return {
      host: url.hostname.replaceAll(/^\[|\]$/g, ''),
      port: url.port === '' ? defaultPorts[url.protocol] : Number(url.port),
      isSecure,
      // Names, titles and the login are not for the wire: only a server on this machine may do without TLS.
      requiresStartTls: !isSecure && !localHosts.includes(url.hostname),
      ...(login.user !== '' && { login }),
    };
  }
  throw invalid(
    variables.server,
    'expected smtp://user:password@host:587 (with STARTTLS) or smtps://user:password@host:465',
  );
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid(variables.server, 'user or password is not percent-encoded: write % as %25');
  }
}

function readFrom(text: string): string {
  const [, name, inBrackets] = /^([^<>"\p{Cc}]*)<([^<>]+)>$/u.exec(text.trim()) ?? [];
  const bare = inBrackets ?? text.trim();
  if (!address.test(bare)) {
    throw invalid(variables.from, `expected an address, or Name <address>, received "${text.slice(0, 200)}"`);
  }
  return name === undefined || name.trim() === '' ? bare : `"${name.trim()}" <${bare}>`;
}

/** `editors=ana@acme.example,bo@acme.example; *=ops@acme.example`; addresses without a role are for `*`. */
function readRecipients(text: string): Map<string, readonly string[]> {
  const recipients = new Map<string, readonly string[]>();
  for (const part of text.split(';').filter((entry) => entry.trim() !== '')) {
    const [role, list] = part.includes('=') ? splitAt(part, '=') : ['*', part];
    const addresses = list.split(',').map((entry) => entry.trim());
    const wrong = addresses.find((entry) => !address.test(entry));
    if (role.trim() === '' || wrong !== undefined || recipients.has(role.trim())) {
      throw invalid(
        variables.to,
        `expected role=address,address; *=address, each role once, received "${part.trim()}"`,
      );
    }
    recipients.set(role.trim(), addresses);
  }
  if (recipients.size > 0) return recipients;
  throw invalid(variables.to, `is not set, although ${variables.server} is: say who is told, e.g. *=ops@acme.example`);
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}

/** A page of one's own by its pattern, else the run in Temporal's UI where that is known. */
function readLink(environment: NodeJS.ProcessEnv): ((notice: Notice) => string) | undefined {
  const pattern = environment[variables.link] || temporalPattern(environment);
  if (pattern === undefined) return undefined;
  const fill = ({ workflowId, approval }: Pick<Notice, 'workflowId'> & { approval: { name: string } }): string =>
    pattern
      .replaceAll('{workflowId}', encodeURIComponent(workflowId))
      .replaceAll('{approval}', encodeURIComponent(approval.name));
  const sample = fill({ workflowId: 'a', approval: { name: 'b' } });
  if (!URL.canParse(sample) || !/^https?:$/.test(new URL(sample).protocol)) {
    throw invalid(variables.link, 'expected a URL such as https://inbox.acme.example/{workflowId}/{approval}');
  }
  return fill;
}

function temporalPattern({
  TEMPORAL_UI_URL: ui,
  TEMPORAL_NAMESPACE: namespace,
}: NodeJS.ProcessEnv): string | undefined {
  if (!ui) return undefined;
  return `${ui.replace(/\/+$/, '')}/namespaces/${encodeURIComponent(namespace || 'default')}/workflows/{workflowId}`;
}

function invalid(variable: string, what: string): HoldfastError {
  return new HoldfastError('Config.Invalid', `${variable}: ${what}`);
}
