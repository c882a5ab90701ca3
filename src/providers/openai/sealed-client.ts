/**
 * The SDK's client, sealed: one request per call, no retry, nothing from the environment, nothing on the console. The
 * SDK reads `OPENAI_BASE_URL`, `OPENAI_ORG_ID` and their like for all clients alike, and lets `OPENAI_CUSTOM_HEADERS`
 * replace even the key, so what may leave is named here.
 */
import OpenAI from 'openai';
import type { ClientOptions } from 'openai';

const sealed: ClientOptions = {
  maxRetries: 0,
  adminAPIKey: null,
  organization: null,
  project: null,
  webhookSecret: null,
  // The SDK would write pieces of answers to the console.
  logLevel: 'off',
};

/** What the SDK, and we, say of a request besides the key. */
const ownHeaders = /^(?:accept|content-type|user-agent|x-stainless-[a-z-]+|x-client-request-id)$/;

export interface Access {
  readonly apiKey: string;
  readonly baseURL: string;
  /** Parameters of every URL. */
  readonly query?: Readonly<Record<string, string>>;
}

export class SealedClient extends OpenAI {
  static open({ apiKey, baseURL, query }: Access): SealedClient {
    return new this({ ...sealed, apiKey, baseURL, ...(query === undefined ? {} : { defaultQuery: { ...query } }) });
  }

  /** Name and value of the header that carries the key. */
  protected get credentials(): readonly [string, string] {
    return ['authorization', `Bearer ${this.apiKey}`];
  }

  protected override prepareRequest(request: RequestInit): Promise<void> {
    const all = new Headers(request.headers);
    const own = new Headers([...all].filter(([name]) => ownHeaders.test(name)));
    own.set(...this.credentials);
    request.headers = own;
    return Promise.resolve();
  }
}
