import type { EndpointSettings } from '../../../contracts/settings';
import { identifierOf } from '../../failure';
import type { ModelCall } from '../../provider';
import { isRecord } from '../../wire-value';

interface Announcement {
  /** The same events; the first one that names the response is held back until the caller has taken note. */
  within(events: AsyncIterable<unknown>): AsyncIterable<unknown>;
  /** What the caller rejected with. */
  readonly refusal: { readonly reason: unknown } | undefined;
}

/** Tells the caller under which id its call goes on without us. */
export function announce(endpoint: EndpointSettings, onResumable: ModelCall['onResumable']): Announcement {
  let refusal: Announcement['refusal'];
  return {
    within: (events) => (onResumable === undefined ? events : announced(events)),
    get refusal() {
      return refusal;
    },
  };

  async function* announced(events: AsyncIterable<unknown>): AsyncGenerator {
    let isTold = false;
    for await (const event of events) {
      const responseId = isTold ? undefined : responseIdOf(event);
      if (responseId !== undefined) {
        isTold = true;
        await tell(responseId);
      }
      yield event;
    }
  }

  async function tell(responseId: string): Promise<void> {
    try {
      await onResumable?.({ endpoint: endpoint.name, responseId, givenAtMs: Date.now() });
    } catch (reason) {
      refusal = { reason };
      throw reason;
    }
  }
}

function responseIdOf(event: unknown): string | undefined {
  return isRecord(event) && isRecord(event['response']) ? identifierOf(event['response']['id']) : undefined;
}
