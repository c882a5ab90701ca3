/** Puts the parts of a research report together, and checks one that a reviewer edited. */
import type { JsonValue } from '../../contracts/json';
import type { Draft, ResearchInput, Section, SourceDigest, Synthesis } from '../../contracts/pipelines/research-report';

export function assembleDraft(parts: {
  request: ResearchInput;
  source: SourceDigest;
  sections: readonly Section[];
  synthesis: Synthesis;
}): Draft {
  const { request, source, sections, synthesis } = parts;
  const cited = new Set(sections.flatMap((section) => section.citations.map((citation) => citation.chapter)));
  const chapterTitles = source.chapters
    .filter((chapter) => cited.has(chapter.number))
    .map((chapter) => [String(chapter.number), chapter.title] as const);
  return {
    ...synthesis,
    topic: request.topic,
    source: { title: source.title, author: source.author },
    sections,
    chapterTitles: Object.fromEntries(chapterTitles),
  };
}

/** What the synthesis step needs of a section: its heading and how it begins. */
export function headOf(section: Section): { heading: string; summary: string } {
  const longest = 900;
  return { heading: section.heading, summary: section.paragraphs.join(' ').slice(0, longest) };
}

/** The problem of an edited draft as one line, or undefined. It would otherwise only show when the PDF is made. */
export function checkDraft(content: JsonValue): string | undefined {
  if (!isRecord(content)) return 'expected the whole draft as an object';
  for (const field of ['title', 'abstract', 'conclusion', 'topic'] as const) {
    if (typeof content[field] !== 'string') return `${field}: expected text`;
  }
  if (!isTextList(content['keyFindings'])) return 'keyFindings: expected a list of texts';
  const source = content['source'];
  if (!isRecord(source) || typeof source['title'] !== 'string' || typeof source['author'] !== 'string') {
    return 'source: expected { title, author }';
  }
  if (!isRecord(content['chapterTitles'])) return 'chapterTitles: expected an object';
  const sections = content['sections'];
  if (!Array.isArray(sections) || sections.length === 0) return 'sections: expected at least one section';
  const index = sections.findIndex((section) => !isSection(section));
  return index === -1
    ? undefined
    : `sections.${index}: expected { heading, paragraphs: [text], citations: [{ chapter, quote }] }`;
}

function isSection(value: unknown): boolean {
  if (!isRecord(value) || typeof value['heading'] !== 'string' || !isTextList(value['paragraphs'])) return false;
  const citations = value['citations'];
  return (
    Array.isArray(citations) &&
    citations.every((c) => isRecord(c) && typeof c['chapter'] === 'number' && typeof c['quote'] === 'string')
  );
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
