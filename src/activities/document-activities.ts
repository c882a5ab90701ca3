/** Activities of `researchReport` around its source and its PDF. */
import { activityInfo } from '@temporalio/activity';
import type { Draft, OutlineSection, Passage, RenderedPdf, SourceDigest } from '../contracts/pipelines/research-report';
import type { ReportRenderer } from '../documents/report-renderer';
import type { SourceReader } from '../documents/source-reader';
import { keepAlive } from './keep-alive';
import { toApplicationFailure } from './to-application-failure';

export interface DocumentActivities {
  readSource(input: { source: string }): Promise<SourceDigest>;
  findPassages(input: { source: string; section: OutlineSection }): Promise<readonly Passage[]>;
  /** Writes the PDF of this run; doing it again overwrites it with the same bytes. */
  renderReport(input: { draft: Draft; date: string }): Promise<RenderedPdf>;
}

export interface DocumentDependencies {
  readonly sources: SourceReader;
  readonly renderer: ReportRenderer;
  /** Absolute path of the file a run's report is written to. */
  reportPathOf(workflowId: string): string;
  crashPoint(point: 'beforeEffect'): void;
}

/** Passages stand in history as variables of the step, so their sum is bounded. */
const maxPassageCharacters = 6_000;

export function createDocumentActivities(deps: DocumentDependencies): DocumentActivities {
  return {
    readSource: ({ source }) => alive(() => deps.sources.digest(source)),
    findPassages: ({ source, section }) => alive(() => deps.sources.passages(source, section, maxPassageCharacters)),
    renderReport: ({ draft, date }) =>
      alive(() => {
        deps.crashPoint('beforeEffect');
        const { workflowExecution } = activityInfo();
        if (workflowExecution === undefined) throw new Error('renderReport runs inside a workflow only');
        const { workflowId, runId } = workflowExecution;
        return deps.renderer.render(draft, deps.reportPathOf(workflowId), { runId, date });
      }),
  };
}

/** With heartbeats: the death of a worker shows within seconds, not when the whole activity times out. */
async function alive<T>(work: () => Promise<T>): Promise<T> {
  const stop = keepAlive();
  return toApplicationFailure(work).finally(stop);
}
