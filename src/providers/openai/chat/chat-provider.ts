/** OpenAI's Chat Completions, streamed, through its SDK: OpenAI's own, Azure's, and those of compatible servers. */
import type { ModelAnswer, ModelRequest } from '../../../contracts/model';
import type { EndpointSettings } from '../../../contracts/settings';
import type { ModelCall, Provider } from '../../provider';
import { streamCall } from '../../stream-call';
import type { Wire } from '../../stream-call';
import { classifyBody, classifyError } from '../classify-error';
import { embed } from '../embed';
import { readLimits } from '../read-limits';
import type { SealedClient } from '../sealed-client';
import { mapRequest } from './map-request';
import type { ChatRequest } from './map-request';
import { createAnswerReader, endMark } from './map-response';

/** In what the servers of this interface differ. */
interface ChatDialect {
  readonly mapRequest: (request: ModelRequest, endpoint: EndpointSettings) => ChatRequest;
  readonly requestIdHeader: string;
  /** See `Wire.endsWithBody`. */
  readonly endsWithBody: boolean;
}

const openAi: ChatDialect = { mapRequest, requestIdHeader: 'x-request-id', endsWithBody: false };

export class ChatProvider implements Provider {
  private readonly dialect: ChatDialect;

  constructor(
    private readonly endpoint: EndpointSettings,
    private readonly client: SealedClient,
    dialect: Partial<ChatDialect> = {},
  ) {
    this.dialect = { ...openAi, ...dialect };
  }

  call(call: ModelCall): Promise<ModelAnswer> {
    const { requestIdHeader, endsWithBody } = this.dialect;
    const wire: Wire = {
      endpoint: this.endpoint,
      endMark,
      endsWithBody,
      requestIdHeader,
      open: async ({ fetch, ...options }) => {
        const { chat } = this.client.withOptions({ fetch });
        const request = chat.completions.create(this.dialect.mapRequest(call.request, this.endpoint), options);
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

  embed(call: ModelCall): Promise<ModelAnswer> {
    const { endpoint, client } = this;
    return embed({ endpoint, client, requestIdHeader: this.dialect.requestIdHeader }, call);
  }
}
