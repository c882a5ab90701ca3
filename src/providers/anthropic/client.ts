/** Anthropic's Messages, streamed, through its SDK. */
import type { ModelAnswer } from '../../contracts/model';
import type { EndpointSettings } from '../../contracts/settings';
import type { ModelCall, Provider } from '../provider';
import { streamCall } from '../stream-call';
import type { Wire } from '../stream-call';
import { classifyBody, classifyError } from './classify-error';
import { mapRequest } from './map-request';
import { createAnswerReader, endMark } from './map-response';
import { readLimits } from './read-limits';
import { SealedClient } from './sealed-client';

const publicBaseUrl = 'https://api.anthropic.com';

export class AnthropicProvider implements Provider {
  private readonly client: SealedClient;

  constructor(
    private readonly endpoint: EndpointSettings,
    apiKey: string,
  ) {
    this.client = SealedClient.open({ apiKey, baseURL: endpoint.baseUrl ?? publicBaseUrl });
  }

  call(call: ModelCall): Promise<ModelAnswer> {
    const wire: Wire = {
      endpoint: this.endpoint,
      endMark,
      requestIdHeader: 'request-id',
      open: async ({ fetch, ...options }) => {
        const { messages } = this.client.withOptions({ fetch });
        const request = messages.create(mapRequest(call.request, this.endpoint), options);
        const { data, response } = await request.withResponse();
        return { response, events: data };
      },
      readLimits,
      createReader: () => createAnswerReader(this.endpoint),
      classifyError,
      classifyBody,
    };
    return streamCall(wire, call);
  }
}
