/** researchReport: outline → parallel sections → synthesis → a person's approval → PDF. */
import { proxyActivities } from '@temporalio/workflow';
import { parseResearchInput, defaultSections } from '../../contracts/pipelines/research-input';
import { summaryLine } from '../../contracts/summary-line';
import type { JsonValue } from '../../contracts/json';
import type {
  Draft,
  Outline,
  OutlineSection,
  ResearchInput,
  ResearchReport,
  Section,
  Synthesis,
} from '../../contracts/pipelines/research-report';
import type { DocumentActivities } from '../../activities/document-activities';
import { assembleDraft, checkDraft, headOf } from '../policy/research-draft';
import { keepVerifiedCitations } from '../policy/verify-citations';
import { approval } from '../primitives/approval';
import { each } from '../primitives/each';
import { step } from '../primitives/step';

const { readSource, findPassages, renderReport } = proxyActivities<DocumentActivities>({
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { maximumAttempts: 5, nonRetryableErrorTypes: ['Pipeline.InvalidInput'] },
});

export async function researchReport(input: ResearchInput): Promise<ResearchReport> {
  const request = parseResearchInput(input);
  const source = await readSource.executeWithOptions({ summary: summaryLine(request.source) }, [
    { source: request.source },
  ]);
  const outline = await step<Outline>('research.outline', {
    topic: request.topic,
    chapters: source.chapters,
    sectionCount: request.sections ?? defaultSections,
  });
  const sections = await each(outline.value.sections, (section) => writeSection(request, section), { concurrency: 8 });
  const synthesis = await step<Synthesis>('research.synthesize', {
    topic: request.topic,
    sourceTitle: source.title,
    sections: sections.map(headOf),
  });
  const draft = assembleDraft({ request, source, sections, synthesis: synthesis.value });
  const decision = await approval<Draft>('publish', {
    title: draft.title,
    show: draft,
    allow: ['approve', 'reject', 'edit'],
    deadline: '3 days',
    checkEdit: (content: JsonValue) => checkDraft(content),
  });
  if (decision.outcome === 'expired') return { status: 'expired', decision };
  if (decision.outcome !== 'approved' && decision.outcome !== 'edited') return { status: 'rejected', decision };
  const rendering = { draft: decision.content, date: decision.at };
  const pdf = await renderReport.executeWithOptions({ summary: summaryLine(decision.content.title) }, [rendering]);
  return { status: 'published', pdf, decision };
}

async function writeSection(request: ResearchInput, section: OutlineSection): Promise<Section> {
  const search = { source: request.source, section };
  const passages = await findPassages.executeWithOptions({ summary: summaryLine(section.heading) }, [search]);
  const written = await step<Section>('research.section', {
    topic: request.topic,
    heading: section.heading,
    question: section.question,
    passages,
  });
  return keepVerifiedCitations({ ...written.value, heading: section.heading }, passages);
}
