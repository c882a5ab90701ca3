/** What approvals need of a worker: keys for tokens, and channels to tell people by. All by the environment. */
import type { ApprovalDependencies } from '../activities/approval-activities';
import type { Notifier } from '../activities/notify';
import type { Alerter } from '../activities/alert';
import { createSlackAlerter } from '../activities/alert-slack';
import { createMailNotifier } from '../activities/notify-mail';
import { createSlackNotifier } from '../activities/notify-slack';
import { createWebhookNotifier } from '../activities/notify-webhook';
import type { Teller } from '../activities/tell';
import { createSlackTeller } from '../activities/tell-slack';
import { HoldfastError } from '../errors/holdfast-error';
import type { SchemaRegistry } from '../schemas/registry';
import { readApprovalTokens } from '../security/approval-token';
import { createMailTransport } from './mail-transport';
import { readMail } from './read-mail';

const variables = {
  webhookUrl: 'HOLDFAST_NOTIFY_WEBHOOK_URL',
  webhookSecret: 'HOLDFAST_NOTIFY_WEBHOOK_SECRET',
  slackUrl: 'HOLDFAST_NOTIFY_SLACK_URL',
} as const;

/** Throws `Config.Invalid`. */
export function createApprovals(environment: NodeJS.ProcessEnv, schemas: SchemaRegistry): ApprovalDependencies {
  const tokens = readApprovalTokens(environment);
  return { schemas, notifiers: readNotifiers(environment), ...(tokens && { tokens }) };
}

function readNotifiers(environment: NodeJS.ProcessEnv): Map<string, Notifier> {
  const notifiers = new Map<string, Notifier>();
  const webhook = readUrl(environment, variables.webhookUrl);
  const secret = environment[variables.webhookSecret];
  if (webhook !== undefined)
    notifiers.set('webhook', createWebhookNotifier({ url: webhook, ...(secret && { secret }) }));
  const slack = readUrl(environment, variables.slackUrl);
  if (slack !== undefined) notifiers.set('slack', createSlackNotifier({ url: slack }));
  const mail = readMail(environment);
  if (mail !== undefined) {
    notifiers.set('email', createMailNotifier({ ...mail, send: createMailTransport(mail.server) }));
  }
  return notifiers;
}

/** Channels that tell how a deferred step has ended. Throws `Config.Invalid`. */
export function createTellers(environment: NodeJS.ProcessEnv): Map<string, Teller> {
  const tellers = new Map<string, Teller>();
  const webhook = readUrl(environment, variables.webhookUrl);
  const secret = environment[variables.webhookSecret];
  if (webhook !== undefined) tellers.set('webhook', createWebhookNotifier({ url: webhook, ...(secret && { secret }) }));
  const slack = readUrl(environment, variables.slackUrl);
  if (slack !== undefined) tellers.set('slack', createSlackTeller({ url: slack }));
  return tellers;
}

/** Channels that tell of a score that has fallen. Throws `Config.Invalid`. */
export function createAlerters(environment: NodeJS.ProcessEnv): Map<string, Alerter> {
  const alerters = new Map<string, Alerter>();
  const webhook = readUrl(environment, variables.webhookUrl);
  const secret = environment[variables.webhookSecret];
  if (webhook !== undefined)
    alerters.set('webhook', createWebhookNotifier({ url: webhook, ...(secret && { secret }) }));
  const slack = readUrl(environment, variables.slackUrl);
  if (slack !== undefined) alerters.set('slack', createSlackAlerter({ url: slack }));
  return alerters;
}

/** The address may hold a secret, so no message shows it. */
function readUrl(environment: NodeJS.ProcessEnv, variable: string): string | undefined {
  const text = environment[variable];
  if (!text) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw new HoldfastError('Config.Invalid', `${variable}: expected a URL`);
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLocal)) return text;
  throw new HoldfastError('Config.Invalid', `${variable}: expected https (http for this machine only)`);
}
