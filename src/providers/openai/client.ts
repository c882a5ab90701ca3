/** OpenAI's Chat Completions, streamed, through its SDK. Serves compatible servers too. */
import OpenAI from 'openai';
import type { ModelAnswer } from '../../contracts/model';
import type { EndpointSettings } from '../../contracts/settings';
import type { ModelCall, Provider } from '../provider';
import { streamCall } from '../stream-call';
import type { Wire } from '../stream-call';
import { classifyBody, classifyError } from './classify-error';
import { mapRequest } from './map-request';
import { createAnswerReader, endMark } from './map-response';
import { readLimits } from './read-limits';

const publicBaseUrl = 'https://api.openai.com/v1';

export class OpenAiProvider implements Provider {
  private readonly client: OpenAI;

  constructor(
    private readonly endpoint: EndpointSettings,
    apiKey: string,
  ) {
    this.client = new OpenAI({
      apiKey,
      baseURL: endpoint.baseUrl ?? publicBaseUrl,
      maxRetries: 0,
      // Left out, these would come from the environment, for all endpoints alike.
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      // The SDK would write pieces of answers to the console.
      logLevel: 'off',
    });
  }

  call(call: ModelCall): Promise<ModelAnswer> {
    const wire: Wire = {
      endpoint: this.endpoint,
      endMark,
      requestIdHeader: 'x-request-id',
      open: async ({ fetch, ...options }) => {
        const { chat } = this.client.withOptions({ fetch });
        const request = chat.completions.create(mapRequest(call.request, this.endpoint), options);
        const { data, response } = await request.withResponse();
        return { response, events: data };
      },
      readLimits,
      createReader: createAnswerReader,
      classifyError,
      classifyBody,
    };
    return streamCall(wire, call);
  }
}
