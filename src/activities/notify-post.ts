import { HoldfastError } from '../errors/holdfast-error';

const timeoutMs = 10_000;
/** Refusals that may pass. */
const retryable: readonly number[] = [408, 425, 429];

export interface Post {
  /** For messages, which never hold the URL: it may be a secret. */
  readonly channel: string;
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Throws `Config.Invalid` for what another attempt would not change, an error for the rest. */
export async function postJson({ channel, url, body, headers }: Post): Promise<void> {
  const response = await send(channel, () =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    }),
  );
  await response.body?.cancel();
  const { status } = response;
  if (status >= 200 && status < 300) return;
  const told = `${channel} answered ${status}`;
  if (status >= 500 || retryable.includes(status)) throw new Error(told);
  throw new HoldfastError('Config.Invalid', `${told}: check where it is set up`);
}

async function send(channel: string, request: () => Promise<Response>): Promise<Response> {
  try {
    return await request();
  } catch (error) {
    const { code, name } = ((error as Error).cause ?? error) as { code?: string; name: string };
    throw new Error(`${channel} cannot be reached (${code ?? name})`, { cause: error });
  }
}
