/**
 * OpenAI's Responses, streamed, through its SDK, at OpenAI and at Azure. A call in the background goes on at the
 * provider whatever becomes of this process:
 *
 *   call     POST /responses {background, store} ─▶ `response.created` says the id ─▶ `onResumable` ─▶ the stream
 *   resume   GET  /responses/{id}?stream=true    ─▶ the same stream from its first event
 *              ├ 404 for an id of the last seconds ─▶ asked for again
 *              └ no longer streamed (5 minutes after its start), or without its last event (cancelled)
 *                ─▶ GET /responses/{id} until it is finished
 *
 * Source: https://developers.openai.com/api/docs/guides/background (kept for about 10 minutes).
 */
import type { ModelAnswer } from '../../../contracts/model';
import type { EndpointSettings } from '../../../contracts/settings';
import { explainError } from '../../explain-failure';
import { failureOf } from '../../failure';
import type { FailureFacts } from '../../failure';
import { createHttpFetch } from '../../http-fetch';
import type { CancelCall, ModelCall, Provider, ResumeCall } from '../../provider';
import { requestHeadersOf } from '../../request-headers';
import { streamCall } from '../../stream-call';
import type { Wire } from '../../stream-call';
import { classifyBody, classifyError } from '../classify-error';
import { readLimits } from '../read-limits';
import type { SealedClient } from '../sealed-client';
import { announce } from './announce';
import { mapRequest } from './map-request';
import { createAnswerReader } from './map-response';
import { openAgain } from './open-again';

/** A cancellation is worth this much waiting, and no more: the response costs what it costs. */
const longestCancelMs = 10_000;

export class ResponsesProvider implements Provider {
  constructor(
    private readonly endpoint: EndpointSettings,
    private readonly client: SealedClient,
    /** Azure's has another name. */
    private readonly requestIdHeader = 'x-request-id',
  ) {}

  async call(call: ModelCall): Promise<ModelAnswer> {
    const { onResumable } = call;
    const body = mapRequest(call.request, this.endpoint, { isBackground: onResumable !== undefined });
    const announcement = announce(this.endpoint, onResumable);
    const wire = this.wireOf({ isResumed: false }, async ({ fetch, ...options }) => {
      const { responses } = this.client.withOptions({ fetch });
      const { data, response } = await responses.create(body, options).withResponse();
      return { response, events: announcement.within(data) };
    });
    return streamCall(wire, call).catch((error: unknown) => {
      throw announcement.refusal === undefined ? error : announcement.refusal.reason;
    });
  }

  resume(call: ResumeCall): Promise<ModelAnswer> {
    const wire = this.wireOf({ isResumed: true }, ({ fetch, ...options }) => {
      const { responses } = this.client.withOptions({ fetch });
      return openAgain({ responses, resumable: call.resumable, options });
    });
    return streamCall({ ...wire, classifyError: (error) => lostWhenUnknown(classifyError(error)) }, call);
  }

  async cancelResumable({ resumable, callId, signal }: CancelCall): Promise<void> {
    const { responses } = this.client.withOptions({ fetch: createHttpFetch() });
    const limit = AbortSignal.any([signal, AbortSignal.timeout(longestCancelMs)]);
    try {
      await responses.cancel(resumable.responseId, { signal: limit, headers: requestHeadersOf(callId) });
    } catch (error) {
      signal.throwIfAborted();
      const facts = explainError({ classifyError, classifyBody }, error);
      // Gone, or over: there is nothing left to cancel.
      if (facts.status === 404 || facts.status === 409 || facts.type === 'Llm.BadRequest') return;
      throw failureOf(this.endpoint, {}, facts);
    }
  }

  private wireOf({ isResumed }: { isResumed: boolean }, open: Wire['open']): Wire {
    return {
      endpoint: this.endpoint,
      requestIdHeader: this.requestIdHeader,
      open,
      readLimits,
      createReader: () => createAnswerReader({ endpoint: this.endpoint, isResumed }),
      classifyError,
      classifyBody,
    };
  }
}

function lostWhenUnknown(facts: FailureFacts | undefined): FailureFacts | undefined {
  if (facts?.status !== 404) return facts;
  return { ...facts, type: 'Llm.ResumeLost', what: 'no longer has the call that was left running' };
}
