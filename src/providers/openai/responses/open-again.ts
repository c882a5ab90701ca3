/** A response that another process began. */
import { setTimeout as sleep } from 'node:timers/promises';
import { APIError } from 'openai';
import type { OpenAI } from 'openai';
import type { ResumableCall } from '../../../contracts/model';
import type { OpenStream } from '../../stream-call';
import { normalizeMessage, recordOf } from '../../wire-value';

interface RequestOptions {
  readonly signal: AbortSignal;
  readonly headers: Record<string, string>;
  readonly timeout: number;
}

/** Which response, and how to ask for it. */
interface Asking {
  readonly responses: OpenAI['responses'];
  readonly resumable: ResumableCall;
  readonly options: RequestOptions;
}

/** Each question is also a sign of life for the timers of the call. */
const askAgainMs = 2_000;

/** Azure may answer 404 for a while for an id that it has just given. */
const newForMs = 5_000;
const askForNewAgainMs = 500;

const unfinished: readonly unknown[] = ['queued', 'in_progress'];

/** Its events from the first on. Where they are no longer streamed, or stop short, the response itself tells the rest. */
export async function openAgain(asking: Asking): Promise<OpenStream> {
  try {
    const { data, response } = await retrieveStream(asking);
    return { response, events: toTheEnd(data, asking) };
  } catch (error) {
    if (!isNoLongerStreamed(error)) throw error;
    const { response, event } = await waitForEnd(asking);
    return { response, events: [event], isDocument: true };
  }
}

async function retrieveStream({ responses, resumable, options }: Asking) {
  const knownFromMs = performance.now() + newFor(resumable);
  for (;;) {
    try {
      return await responses.retrieve(resumable.responseId, { stream: true }, options).withResponse();
    } catch (error) {
      const isNotYetKnown = error instanceof APIError && error.status === 404 && performance.now() < knownFromMs;
      if (!isNotYetKnown) throw error;
    }
    await sleep(askForNewAgainMs, undefined, { signal: options.signal });
  }
}

/** How much longer the id counts as new, in milliseconds; never for long, whatever the clocks say. */
function newFor({ givenAtMs = 0 }: ResumableCall): number {
  return Math.min(newForMs, givenAtMs + newForMs - Date.now());
}

/** Whoever reads stops at the last event, so this goes on only without one: a response that was cancelled has none. */
async function* toTheEnd(events: AsyncIterable<unknown>, asking: Asking): AsyncGenerator {
  yield* events;
  if (!asking.options.signal.aborted) yield (await waitForEnd(asking)).event;
}

/** OpenAI says it in prose alone: "can no longer be streamed because it is more than 5 minutes old". */
function isNoLongerStreamed(error: unknown): boolean {
  if (!(error instanceof APIError) || error.status !== 400) return false;
  return normalizeMessage(recordOf(error.error)['message']).includes('no longer be streamed');
}

/** The call's own timer bounds it. The whole response stands for the event that ends a stream and repeats it too. */
async function waitForEnd({ responses, resumable, options }: Asking): Promise<{ response: Response; event: object }> {
  for (;;) {
    const { data, response } = await responses.retrieve(resumable.responseId, {}, options).withResponse();
    const { status } = data;
    if (!unfinished.includes(status)) return { response, event: { type: `response.${status}`, response: data } };
    await sleep(askAgainMs, undefined, { signal: options.signal });
  }
}
