/** A request as a line of a batch's input file. */
import type { EndpointSettings } from '../../../contracts/settings';
import type { BatchRequest } from '../../batch-provider';
import { mapRequest as mapChatRequest } from '../chat/map-request';
import { mapRequest as mapResponsesRequest } from '../responses/map-request';

export function pathOf({ api }: Pick<EndpointSettings, 'api'>): '/v1/responses' | '/v1/chat/completions' {
  return api === 'responses' ? '/v1/responses' : '/v1/chat/completions';
}

/** The very call the endpoint would get otherwise, but whole: nothing is streamed in a batch. */
export function lineOf({ customId, request }: BatchRequest, endpoint: EndpointSettings): string {
  const url = pathOf(endpoint);
  const body =
    url === '/v1/responses'
      ? { ...mapResponsesRequest(request, endpoint, { isBackground: false }), stream: undefined }
      : { ...mapChatRequest(request, endpoint), stream: undefined, stream_options: undefined };
  return JSON.stringify({ custom_id: customId, method: 'POST', url, body });
}
