import { createHmac } from 'node:crypto';
import type { Notifier } from './notify';
import { postJson } from './notify-post';

export interface WebhookOptions {
  readonly url: string;
  /** Signs what is sent; without, nothing says that it is from here. */
  readonly secret?: string;
  /** Unix ms. */
  readonly now?: () => number;
}

/**
 * POSTs every notice as JSON. The same notice may come twice; its `approval.digest` and `event` tell.
 *
 * With a secret, `holdfast-signature: t=<unix seconds>,v1=<hex>` holds the HMAC-SHA-256 of `<unix seconds>.<body>`: compute
 * it anew, compare in constant time, and refuse what is older than five minutes.
 */
export function createWebhookNotifier({ url, secret, now = Date.now }: WebhookOptions): Notifier {
  return async (notice) => {
    const body = JSON.stringify(notice);
    const seconds = Math.floor(now() / 1_000);
    const signature =
      secret === undefined ? undefined : createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
    await postJson({
      channel: 'webhook',
      url,
      body,
      headers: signature === undefined ? {} : { 'holdfast-signature': `t=${seconds},v1=${signature}` },
    });
  };
}
