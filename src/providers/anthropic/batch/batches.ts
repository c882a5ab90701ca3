/**
 * Anthropic's Message Batches through its SDK. A batch carries nothing of ours but its custom ids, and those are told
 * only by its results: a lost submission is looked for among the recent batches of its size, and whether one of them
 * is ours is known when it has ended. Source: https://platform.claude.com/docs/en/build-with-claude/batch-processing.
 */
import type Anthropic from '@anthropic-ai/sdk';
import type { ModelAnswer, ModelRequest } from '../../../contracts/model';
import type { EndpointSettings } from '../../../contracts/settings';
import { askBatches, clockSkewMs, idOf, linesOf, mostListed, unlessOver } from '../../ask-batches';
import type { Asking, BatchAsking } from '../../ask-batches';
import type {
  BatchContext,
  BatchLine,
  BatchProvider,
  BatchReading,
  BatchSubmission,
  FoundBatch,
  LostSubmission,
} from '../../batch-provider';
import { countOf, recordOf } from '../../wire-value';
import { classifyBody, classifyError } from '../classify-error';
import { mapRequest } from '../map-request';
import type { SealedClient } from '../sealed-client';
import { answerOfLine } from './read-line';

const classifier = { classifyError, classifyBody };

export class AnthropicBatches implements BatchProvider {
  constructor(
    private readonly endpoint: EndpointSettings,
    private readonly client: SealedClient,
  ) {}

  submit({ requests }: BatchSubmission, context: BatchContext): Promise<{ readonly id: string }> {
    return this.ask(context, async (client, options) => {
      const body = {
        requests: requests.map(({ customId, request }) => {
          const { stream: _, ...params } = mapRequest(request, this.endpoint);
          return { custom_id: customId, params };
        }),
      };
      const batch = await client.messages.batches.create(body, options);
      return { id: idOf(this.endpoint, recordOf(batch)['id']) };
    });
  }

  find({ count, sentAtMs }: LostSubmission, context: BatchContext): Promise<readonly FoundBatch[]> {
    return this.ask(context, async (client, options) => {
      const found: FoundBatch[] = [];
      let seen = 0;
      for await (const batch of client.messages.batches.list({ limit: 100 }, options)) {
        seen += 1;
        if (Date.parse(batch.created_at) < sentAtMs - clockSkewMs || seen > mostListed) break;
        if (sizeOf(batch) === count) found.push({ id: batch.id, isCertain: false });
      }
      return found;
    });
  }

  read(id: string, context: BatchContext): Promise<BatchReading> {
    return this.ask(context, async (client, options) =>
      this.readingOf(await client.messages.batches.retrieve(id, {}, options)),
    );
  }

  /** By our own address of them: the one in `results_url` is whatever the answer says. */
  async *results({ id }: BatchReading, context: BatchContext): AsyncGenerator<BatchLine> {
    const { body } = await this.ask(context, (client, options) =>
      client.get(`/v1/messages/batches/${id}/results`, options).asResponse(),
    );
    yield* linesOf(this.asking(context), body);
  }

  answerOf(line: BatchLine, request: ModelRequest): ModelAnswer {
    return answerOfLine(line, { endpoint: this.endpoint, request });
  }

  async cancel(id: string, context: BatchContext): Promise<void> {
    await this.ask(context, (client, options) => client.messages.batches.cancel(id, {}, options)).catch(unlessOver);
  }

  async discard({ id }: BatchReading, context: BatchContext): Promise<void> {
    await this.ask(context, (client, options) => client.messages.batches.delete(id, {}, options));
  }

  private readingOf(batch: Anthropic.Messages.MessageBatch): BatchReading {
    const { id, processing_status: status, request_counts: counts, cancel_initiated_at: cancelledAt } = batch;
    const total = sizeOf(batch);
    const isOver = status === 'ended';
    const end = counts.expired > 0 ? 'expired' : cancelledAt === null ? 'completed' : 'cancelled';
    return {
      id: idOf(this.endpoint, id),
      ...(isOver && { end }),
      total,
      done: total - (countOf(counts.processing) ?? 0),
      problems: [],
      files: [],
    };
  }

  private ask<T>(
    context: BatchContext,
    work: (client: Anthropic, options: Asking['options']) => Promise<T>,
  ): Promise<T> {
    return askBatches(this.asking(context), ({ fetch, options }) => work(this.client.withOptions({ fetch }), options));
  }

  private asking(context: BatchContext): BatchAsking {
    return { endpoint: this.endpoint, classifier, context };
  }
}

function sizeOf({ request_counts: counts }: Anthropic.Messages.MessageBatch): number {
  const { processing, succeeded, errored, canceled, expired } = counts;
  return [processing, succeeded, errored, canceled, expired].reduce((sum, part) => sum + (countOf(part) ?? 0), 0);
}
