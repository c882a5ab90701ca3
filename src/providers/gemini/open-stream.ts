/**
 * What stands between the SDK and the wire. The SDK hides the response of a stream, and throws errors without their
 * headers and, when the body of one is not JSON, without their status: so both are read before it sees them.
 */
import { connectionFacts } from '../error-facts';
import { FailedAnswerError } from '../explain-failure';
import type { Fetch } from '../http-fetch';
import type { OpenStream } from '../stream-call';
import { classifyErrorBody } from './classify-error';
import { readEvents } from './read-events';

interface OpenedStream {
  readonly response: Response;
  readonly events: AsyncIterable<unknown> | Iterable<unknown>;
}

/** `request` makes the SDK's one request by the fetch it is given. What it gives of the answer is left unread. */
export async function openStream(fetch: Fetch, request: (fetch: Fetch) => Promise<unknown>): Promise<OpenedStream> {
  const { response } = await send(fetch, request);
  return { response, events: response.body === null ? [] : readEvents(response.body) };
}

/** For an answer that is one document: the SDK reads it. */
export async function openDocument(fetch: Fetch, request: (fetch: Fetch) => Promise<unknown>): Promise<OpenStream> {
  const { response, answer } = await send(fetch, request);
  return { response, events: [answer], isDocument: true };
}

async function send(
  fetch: Fetch,
  request: (fetch: Fetch) => Promise<unknown>,
): Promise<{ readonly response: Response; readonly answer: unknown }> {
  const kept: { response?: Response } = {};
  const answer = await request(async (input, init) => {
    const response = await fetch(input, init).catch((error: unknown) => {
      throw new FailedAnswerError(connectionFacts(error));
    });
    if (!response.ok) throw await errorOf(response);
    return (kept.response = response);
  });
  const { response } = kept;
  if (response === undefined) throw new TypeError('the SDK has answered without a request');
  return { response, answer };
}

async function errorOf(response: Response): Promise<FailedAnswerError> {
  const { status, headers } = response;
  // A body that breaks off leaves the status and the headers.
  const text = await response.text().catch(() => '');
  return new FailedAnswerError(classifyErrorBody(parseJson(text), { status, headers }));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // The page of a proxy, or a body that was cut: the status alone says which class it is.
  }
}
