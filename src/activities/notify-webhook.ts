import { createHmac } from 'node:crypto';
import type { NoticeContext } from './notify';
import { postJson } from './notify-post';

export interface WebhookOptions {
  readonly url: string;
  /** Signs what is sent; without, nothing says that it is from here. */
  readonly secret?: string;
  /** Unix ms. */
  readonly now?: () => number;
}

/** A `Notifier` and a `Teller`: a notice goes out as it is. */
type WebhookNotifier = (notice: object, context: NoticeContext) => Promise<void>;

/**
 * POSTs every notice as JSON. The same notice may come twice; `idempotency-key` is then the same.
 *
 * With a secret, `holdfast-signature: t=<unix seconds>,v1=<hex>` holds the HMAC-SHA-256 of `<unix seconds>.<body>`: compute
 * it anew, compare in constant time, and refuse what is older than five minutes.
 */
export function createWebhookNotifier({ url, secret, now = Date.now }: WebhookOptions): WebhookNotifier {
  return async (notice, { idempotencyKey }) => {
    const body = JSON.stringify(notice);
    const seconds = Math.floor(now() / 1_000);
    const signature =
      secret === undefined ? undefined : createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
    await postJson({
      channel: 'webhook',
      url,
      body,
      headers: {
        'idempotency-key': idempotencyKey,
        ...(signature !== undefined && { 'holdfast-signature': `t=${seconds},v1=${signature}` }),
      },
    });
  };
}
