/** retrievalAnswer: passages of a source → their vectors, kept → those nearest to the question → an answer with citations. */
import { proxyActivities } from '@temporalio/workflow';
import type { SourceActivities } from '../../activities/source-activities';
import { parseRetrievalInput } from '../../contracts/pipelines/retrieval-answer';
import type { RetrievalAnswer, RetrievalInput, SourceAnswer } from '../../contracts/pipelines/retrieval-answer';
import { summaryLine } from '../../contracts/summary-line';
import { nearest } from '../policy/nearest';
import { keepVerifiedCitations } from '../policy/verify-citations';
import { embed } from '../primitives/embed';
import { step } from '../primitives/step';

const { readPassages } = proxyActivities<SourceActivities>({
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { maximumAttempts: 5, nonRetryableErrorTypes: ['Pipeline.InvalidInput'] },
});

export async function retrievalAnswer(input: RetrievalInput): Promise<RetrievalAnswer> {
  const { question, source, passages: count } = parseRetrievalInput(input);
  const passages = await readPassages.executeWithOptions({ summary: summaryLine(source) }, [{ source }]);
  // The same texts in the same batches each time: the config keeps their vectors, so a source is paid for once.
  const index = await embed(
    'source.embed',
    passages.map(({ text }) => text),
  );
  const asked = await embed('source.embed', [question]);
  const near = nearest(asked.vectors[0] ?? [], index.vectors, count);
  const shown = near.flatMap(({ index: place }) => passages[place] ?? []);
  const written = await step<SourceAnswer>('source.answer', { question, passages: shown });
  const answer = keepVerifiedCitations(written.value, shown);
  return {
    ...answer,
    unverified: written.value.citations.length - answer.citations.length,
    passages: near.map(({ index: place, score }) => ({ chapter: passages[place]?.chapter ?? 0, score })),
    embeddingModel: index.model,
    servedBy: written.servedBy,
    costUsd: index.costUsd + asked.costUsd + written.costUsd,
  };
}
