import type { DeferredNotice } from '../contracts/deferred';
import { postJson } from './notify-post';
import { escaped } from './notify-slack';
import type { SlackOptions } from './notify-slack';
import type { Teller } from './tell';

const longestMessage = 300;

/** Writes a line for people to the channel of an incoming webhook: which step has ended, and how. The answer is not in it. */
export function createSlackTeller({ url }: SlackOptions): Teller {
  return (notice) => postJson({ channel: 'slack', url, body: JSON.stringify({ text: textOf(notice) }), headers: {} });
}

function textOf({ run, step, servedBy, failure, workflowId }: DeferredNotice): string {
  const how =
    failure === undefined
      ? `is answered by ${escaped(servedBy ?? 'nobody')}`
      : `has failed: ${failure.type}: ${escaped(failure.message.slice(0, longestMessage))}`;
  return [
    `*Deferred step* \`${escaped(step)}\` of run \`${escaped(run)}\` ${how}`,
    `Its workflow is \`${escaped(workflowId)}\``,
  ].join('\n');
}
