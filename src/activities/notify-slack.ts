import type { Notice, NotifyEvent } from '../contracts/approval-check';
import type { Notifier } from './notify';
import { postJson } from './notify-post';

export interface SlackOptions {
  /** Of an incoming webhook. It is a secret: whoever has it may write to the channel. */
  readonly url: string;
}

const longestTitle = 300;

const headline: Readonly<Record<NotifyEvent, string>> = {
  asked: 'A decision is needed',
  reminder: 'Reminder: a decision is needed',
  escalated: 'Nobody has decided yet: a decision is needed',
};

/** Writes a line for people to the channel of an incoming webhook: what is asked, until when, and how to decide. */
export function createSlackNotifier({ url }: SlackOptions): Notifier {
  return (notice) => postJson({ channel: 'slack', url, body: JSON.stringify({ text: textOf(notice) }), headers: {} });
}

function textOf({ event, workflowId, approval }: Notice): string {
  const { name, title, deadlineAt, roles } = approval;
  return [
    `*${headline[event]}*: ${escaped(title.slice(0, longestTitle))}`,
    `Run \`${escaped(workflowId)}\`, approval \`${escaped(name)}\`` +
      (roles === undefined ? '' : `, for ${escaped(roles.join(', '))}`) +
      (deadlineAt === undefined ? '' : `, until ${deadlineAt.slice(0, 16).replace('T', ' ')} UTC`),
    `\`holdfast status ${escaped(workflowId)}\` shows it`,
  ].join('\n');
}

/** The three characters Slack gives a meaning; a mention in a title would ring everybody. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('`', "'");
}
