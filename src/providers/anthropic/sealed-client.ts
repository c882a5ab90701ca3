import Anthropic from '@anthropic-ai/sdk';

/** What the SDK, and we, say of a request besides the key. */
const ownHeaders = /^(?:accept|content-type|user-agent|x-stainless-[a-z-]+|x-client-request-id)$/;
/** The one whose types the SDK ships. */
const apiVersion = '2026-10-21';

/**
 * The SDK's client, sealed: one request per call, no retry, nothing from the environment, nothing on the console. The
 * SDK lets `ANTHROPIC_CUSTOM_HEADERS` replace even the key and the API version, for all clients alike, so what may
 * leave is named here.
 */
export class SealedClient extends Anthropic {
  static open({ apiKey, baseURL }: { readonly apiKey: string; readonly baseURL: string }): SealedClient {
    return new this({
      apiKey,
      baseURL,
      maxRetries: 0,
      webhookKey: null,
      // The SDK would write pieces of answers to the console, and, if the environment says so, into spans.
      logLevel: 'off',
      openTelemetry: false,
    });
  }

  protected override async prepareRequest(request: RequestInit): Promise<void> {
    const all = new Headers(request.headers);
    const own = new Headers([...all].filter(([name]) => ownHeaders.test(name)));
    own.set('authorization', `Bearer ${this.apiKey ?? ''}`);
    own.set('anthropic-version', apiVersion);
    request.headers = own;
    return Promise.resolve();
  }
}
