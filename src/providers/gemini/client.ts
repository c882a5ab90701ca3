/** Gemini's streamGenerateContent, through Google's SDK. */
import { GoogleGenAI } from '@google/genai';
import type { ModelAnswer } from '../../contracts/model';
import type { EndpointSettings } from '../../contracts/settings';
import { failureOf } from '../failure';
import type { ModelCall, Provider } from '../provider';
import { streamCall } from '../stream-call';
import type { Wire } from '../stream-call';
import { classifyBody } from './classify-error';
import { embed } from './embed';
import { mapRequest } from './map-request';
import { createAnswerReader } from './map-response';
import { openStream } from './open-stream';
import { readLimits } from './read-limits';

const publicBaseUrl = 'https://generativelanguage.googleapis.com';
/** The SDK's own is `v1`, which has neither preview models nor the newest fields. */
const defaultVersion = 'v1beta';

export class GeminiProvider implements Provider {
  private readonly client: GoogleGenAI;

  constructor(
    private readonly endpoint: EndpointSettings,
    apiKey: string,
  ) {
    const { baseUrl, apiVersion } = splitVersion(endpoint.baseUrl ?? publicBaseUrl);
    // Left out, each of these would come from the environment, for all endpoints alike. Without `retryOptions` the SDK
    // makes one request; with any, five.
    this.client = new GoogleGenAI({ apiKey, enterprise: false, apiVersion, httpOptions: { baseUrl } });
  }

  async call(call: ModelCall): Promise<ModelAnswer> {
    this.refuseGif(call);
    const wire: Wire = {
      endpoint: this.endpoint,
      requestIdHeader: 'x-request-id',
      open: ({ fetch, signal, headers }) =>
        openStream(fetch, (kept) => {
          const { config, ...request } = mapRequest(call.request, this.endpoint);
          const httpOptions = { headers, fetch: kept };
          return this.client.models.generateContentStream({
            ...request,
            config: { ...config, abortSignal: signal, httpOptions },
          });
        }),
      readLimits,
      createReader: () => createAnswerReader(this.endpoint),
      // The SDK throws only what `openStream` has classified, or what is a defect.
      classifyError: () => undefined,
      classifyBody,
    };
    return streamCall(wire, call);
  }

  embed(call: ModelCall): Promise<ModelAnswer> {
    return embed({ endpoint: this.endpoint, client: this.client }, call);
  }

  /** Every other provider takes them: a 400 would end the step, this only goes to the next tier. */
  private refuseGif({ request }: ModelCall): void {
    const attachments = request.messages.flatMap((message) =>
      message.role === 'user' ? (message.attachments ?? []) : [],
    );
    if (!attachments.some((attachment) => attachment.kind === 'image' && attachment.mediaType === 'image/gif')) return;
    throw failureOf(this.endpoint, {}, { type: 'Llm.Unsupported', what: 'takes no image/gif; send it as image/png' });
  }
}

/** A base URL may end with the version of the API, as Google's own examples do. */
function splitVersion(url: string): { baseUrl: string; apiVersion: string } {
  const [, baseUrl = url, apiVersion = defaultVersion] = /^(.*)\/(v\d[a-z0-9]*)\/?$/.exec(url) ?? [];
  return { baseUrl, apiVersion };
}
