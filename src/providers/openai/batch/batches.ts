/**
 * OpenAI's Batch API through its SDK:
 *
 *   submit   POST /files (JSON lines) ─▶ POST /batches {input_file_id, metadata: {holdfast: key}}
 *   find     GET  /batches, latest first, for the metadata
 *   read     GET  /batches/{id}
 *   results  GET  /files/{id}/content of the output file, then of the error file
 *
 * Source: https://developers.openai.com/api/docs/guides/batch.
 */
import type { OpenAI } from 'openai';
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
import { identifierOf } from '../../failure';
import { countOf, recordOf, textOf } from '../../wire-value';
import { classifyBody, classifyError } from '../classify-error';
import type { SealedClient } from '../sealed-client';
import { answerOfLine } from './read-line';
import { lineOf, pathOf } from './write-line';

const metadataKey = 'holdfast';
/** The provider's own copy of the questions goes by itself, should we never come back for it. */
const inputKeptSeconds = 7 * 24 * 3_600;

const classifier = { classifyError, classifyBody };

const ends: Readonly<Record<string, NonNullable<BatchReading['end']>>> = {
  completed: 'completed',
  failed: 'failed',
  expired: 'expired',
  cancelled: 'cancelled',
};

export class OpenAiBatches implements BatchProvider {
  constructor(
    private readonly endpoint: EndpointSettings,
    private readonly client: SealedClient,
  ) {}

  submit({ key, requests }: BatchSubmission, context: BatchContext): Promise<{ readonly id: string }> {
    const { endpoint } = this;
    return this.ask(context, async (client, options) => {
      const lines = requests.map((request) => `${lineOf(request, endpoint)}\n`);
      const file = await client.files.create(
        {
          file: new File(lines, `${key}.jsonl`, { type: 'application/jsonl' }),
          purpose: 'batch',
          expires_after: { anchor: 'created_at', seconds: inputKeptSeconds },
        },
        options,
      );
      const batch = await client.batches.create(
        {
          input_file_id: idOf(endpoint, recordOf(file)['id']),
          endpoint: pathOf(endpoint),
          completion_window: '24h',
          metadata: { [metadataKey]: key },
        },
        options,
      );
      return { id: idOf(endpoint, recordOf(batch)['id']) };
    });
  }

  find({ key, sentAtMs }: LostSubmission, context: BatchContext): Promise<readonly FoundBatch[]> {
    return this.ask(context, async (client, options) => {
      const found: FoundBatch[] = [];
      let seen = 0;
      for await (const batch of client.batches.list({ limit: 100 }, options)) {
        seen += 1;
        if (batch.created_at * 1_000 < sentAtMs - clockSkewMs || seen > mostListed) break;
        if (batch.metadata?.[metadataKey] === key) found.push({ id: batch.id, isCertain: true });
      }
      return found;
    });
  }

  read(id: string, context: BatchContext): Promise<BatchReading> {
    return this.ask(context, async (client, options) => this.readingOf(await client.batches.retrieve(id, options)));
  }

  async *results({ files }: BatchReading, context: BatchContext): AsyncGenerator<BatchLine> {
    for (const file of files) {
      const { body } = await this.ask(context, (client, options) => client.files.content(file, options));
      yield* linesOf(this.asking(context), body);
    }
  }

  answerOf(line: BatchLine, request: ModelRequest): ModelAnswer {
    return answerOfLine(line, { endpoint: this.endpoint, request });
  }

  async cancel(id: string, context: BatchContext): Promise<void> {
    await this.ask(context, (client, options) => client.batches.cancel(id, options)).catch(unlessOver);
  }

  async discard({ files }: BatchReading, context: BatchContext): Promise<void> {
    for (const file of files) await this.ask(context, (client, options) => client.files.delete(file, options));
  }

  private readingOf(batch: OpenAI.Batch): BatchReading {
    const { id, status, request_counts: counts, errors, output_file_id: output, error_file_id: failed } = batch;
    const end = ends[status];
    return {
      id: idOf(this.endpoint, id),
      ...(end !== undefined && { end }),
      total: countOf(counts?.total) ?? 0,
      done: (countOf(counts?.completed) ?? 0) + (countOf(counts?.failed) ?? 0),
      problems: (errors?.data ?? []).map(({ code, line }) => ({
        code: identifierOf(code) ?? 'unknown',
        ...(typeof line === 'number' && { index: line - 1 }),
      })),
      files: [textOf(output), textOf(failed)].filter((file) => file !== undefined),
    };
  }

  private ask<T>(context: BatchContext, work: (client: OpenAI, options: Asking['options']) => Promise<T>): Promise<T> {
    return askBatches(this.asking(context), ({ fetch, options }) => work(this.client.withOptions({ fetch }), options));
  }

  private asking(context: BatchContext): BatchAsking {
    return { endpoint: this.endpoint, classifier, context };
  }
}
