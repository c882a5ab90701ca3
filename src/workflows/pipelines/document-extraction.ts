/** documentExtraction: for each document a model, a smaller one, rules or a person → checks → a reviewer where they leave doubt. */
import { scheduleLocalActivity } from '@temporalio/workflow';
import type { AssessInput } from '../../activities/extraction-activities';
import type { ItemOutcome } from '../../contracts/each';
import { defaultReviewBelow, parseExtractionInput } from '../../contracts/pipelines/document-extraction';
import type {
  DocumentInput,
  DocumentResult,
  ExtractionInput,
  ExtractionReport,
} from '../../contracts/pipelines/document-extraction';
import type { Assessment, DocumentReview, ExtractedDocument } from '../../contracts/pipelines/extracted-document';
import type { StepResult } from '../../contracts/step';
import { summaryLine } from '../../contracts/summary-line';
import { reportOf } from '../policy/extraction-report';
import { reviewIfUnsure } from '../primitives/approval-review';
import { each, toleratedFailureOf } from '../primitives/each';
import { eachInChunks } from '../primitives/each-in-chunks';
import { defineWork } from '../primitives/each-work';
import { currentRun } from '../primitives/run-state';
import { step } from '../primitives/step';

/** Longer lists go to child workflows. */
const mostInOneRun = 200;
/**
 * Steps in progress at once. Openings of one run take turns, and those of all documents that begin in one workflow task
 * have to fit into it, also while the capacity store is slow.
 */
const concurrency = { here: 16, inChunks: 64 } as const;
const stepName = 'documents.extract';
const reviewDeadline = '2 days';
/** Of a document, to a reviewer: the question is in the status of the run. */
const shownCharacters = 4_000;

/** Never fails for a document: what became of each stands in the report. */
export async function documentExtraction(input: ExtractionInput): Promise<ExtractionReport> {
  const { documents, reviewBelow = defaultReviewBelow, step: name = stepName } = parseExtractionInput(input);
  const items = documents.map((document): Item => ({ document, reviewBelow, name }));
  const outcomes = items.length <= mostInOneRun ? await extractHere(items) : await extractInChunks(items);
  return reportOf(documents, outcomes);
}

/** Reviews hold no place: a reviewer who takes days keeps no document from being read. */
async function extractHere(items: readonly Item[]): Promise<ItemOutcome<DocumentResult>[]> {
  const reviews: Promise<Settled>[] = [];
  const readAndAsk = async (item: Item, index: number): Promise<void> => {
    reviews[index] = settled(review(item, await read(item)));
  };
  const reads = await each(items, readAndAsk, { ...listOptions, concurrency: concurrency.here });
  return Promise.all(reads.map(async (outcome, index) => (outcome.ok ? outcomeOf(await reviews[index]) : outcome)));
}

function extractInChunks(items: readonly Item[]): Promise<ItemOutcome<DocumentResult>[]> {
  return eachInChunks(items, extraction, { ...listOptions, concurrency: concurrency.inChunks });
}

const listOptions = { name: 'documents', tolerate: '100%' } as const;

type Settled = { readonly value: DocumentResult } | { readonly error: unknown };

/** Waited for later: until then a failure must not count as one that nobody has caught. */
function settled(work: Promise<DocumentResult>): Promise<Settled> {
  return work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

function outcomeOf(ended: Settled | undefined): ItemOutcome<DocumentResult> {
  if (ended !== undefined && 'value' in ended) return { ok: true, value: ended.value };
  const failure = toleratedFailureOf(ended?.error);
  if (failure === undefined) throw ended?.error;
  return { ok: false, failure };
}

interface Item {
  readonly document: DocumentInput;
  readonly reviewBelow: number;
  /** The step. */
  readonly name: string;
}

const extraction = defineWork('documents.extractOne', async (item: Item) => review(item, await read(item)));

/** An answer, and what is to be thought of it. */
interface Reading {
  readonly answer: StepResult<ExtractedDocument>;
  /** Absent for a person's: another one would see no more. */
  readonly assessment?: Assessment;
}

async function read({ document: { id, text, kind }, name }: Item): Promise<Reading> {
  const answer = await step<ExtractedDocument>(name, { document: text });
  if (answer.model === 'human') return { answer };
  const input: AssessInput = { document: text, fields: answer.value, ...(kind === undefined ? {} : { kind }) };
  const assessment = await assess(id, input);
  return { answer, assessment };
}

/** Takes its turn with the openings of the steps: what follows either is then issued in the same order on replay. */
function assess(id: string, input: AssessInput): Promise<Assessment> {
  return currentRun().turn.take(() =>
    scheduleLocalActivity<Assessment>('assessExtraction', [input], {
      startToCloseTimeout: '5 seconds',
      retry: { maximumAttempts: 5 },
      summary: summaryLine(`check ${id}`),
    }),
  );
}

async function review({ document: { id, text }, reviewBelow }: Item, reading: Reading): Promise<DocumentResult> {
  const { answer, assessment } = reading;
  const { servedBy, tier, degraded, costUsd, value: fields } = answer;
  const served = { id, servedBy, tier, degraded, costUsd };
  if (assessment === undefined) {
    const byPerson = { readByPerson: true, confidence: fields.confidence, problems: [] } as const;
    return { ...served, ...byPerson, status: 'extracted', fields };
  }
  const { confidence, problems } = assessment;
  const shown: DocumentReview = { fields, problems, document: text.slice(0, shownCharacters) };
  const { value, decision } = await reviewIfUnsure<DocumentReview>('fields', shown, {
    item: id,
    title: `${fields.kind} ${id}: ${problems[0] ?? `confidence ${confidence}`}`,
    confidence: () => confidence,
    below: reviewBelow,
    deadline: reviewDeadline,
    editSchema: 'DocumentReview',
  });
  const result = { ...served, fields: value.fields, confidence, problems };
  if (decision === undefined) return { ...result, status: 'extracted' };
  const { outcome, by } = decision;
  const status =
    outcome === 'approved' || outcome === 'edited' ? 'extracted' : outcome === 'expired' ? 'expired' : 'rejected';
  return { ...result, status, review: { outcome, ...(by === undefined ? {} : { by }) } };
}
