/** A line of a batch's output or error file: `{ custom_id, response: { status_code, body } | null, error }`. */
import type { ModelAnswer, ModelRequest } from '../../../contracts/model';
import type { EndpointSettings } from '../../../contracts/settings';
import { answerOfDocument, lineFailure, notReachedFailure } from '../../batch-answer';
import type { BatchLine } from '../../batch-provider';
import { failureOf, identifierOf } from '../../failure';
import { countOf, isRecord, recordOf } from '../../wire-value';
import type { WireRecord } from '../../wire-value';
import { createAnswerReader as createChatReader } from '../chat/map-response';
import { classifyBody, classifyError, classifyErrorBody } from '../classify-error';
import { createAnswerReader as createResponsesReader } from '../responses/map-response';
import { pathOf } from './write-line';

interface Asked {
  readonly endpoint: EndpointSettings;
  readonly request: ModelRequest;
}

export function answerOfLine(line: BatchLine, asked: Asked): ModelAnswer {
  const { endpoint } = asked;
  const unreadable = lineFailure(endpoint, line);
  if (unreadable !== undefined) throw unreadable;
  const { response, error } = recordOf(line.value);
  const code = identifierOf(recordOf(error)['code']);
  if (code === 'batch_expired') throw notReachedFailure(endpoint, 'expired');
  if (code === 'batch_cancelled') throw notReachedFailure(endpoint, 'cancelled');
  if (!isRecord(response)) throw failureOf(endpoint, {}, classifyErrorBody(error, {}));
  const requestId = identifierOf(response['request_id']);
  const status = countOf(response['status_code']);
  const body = recordOf(response['body']);
  if (status !== undefined && status >= 400) {
    throw failureOf(endpoint, { requestId }, classifyErrorBody(body['error'], { status }));
  }
  const isResponses = pathOf(endpoint) === '/v1/responses';
  return answerOfDocument({
    ...asked,
    classifier: { classifyError, classifyBody },
    reader: isResponses ? createResponsesReader({ endpoint, isResumed: false }) : createChatReader(),
    events: isResponses ? [{ type: 'response.completed', response: body }] : [chunkOf(body)],
    requestId,
  });
}

/** A whole completion as the one chunk of a stream: its message is all of the delta. */
function chunkOf(body: WireRecord): WireRecord {
  const choices: readonly unknown[] = Array.isArray(body['choices']) ? body['choices'] : [];
  const choice = recordOf(choices[0]);
  return { ...body, choices: isRecord(choice['message']) ? [{ ...choice, delta: choice['message'] }] : [] };
}
