/** A draft as a document definition: title page, contents, summary, sections, sources. */
import type { Content, DocumentDefinition } from 'pdfmake';
import type { Draft } from '../../contracts/pipelines/research-report';
import { openingOf } from '../sources/clean-text';
import { bookName, numberColumn, numbered, paragraphsOf, runningLine, styled } from './blocks';
import { citeSources } from './cite';
import type { CitedParagraph, Source } from './cite';
import { isLeftAlone } from './page-breaks';
import { colors, page, styles, titleStyle } from './styles';
import { runsOf, typographic } from './typeset';

/** Where and when a report was made. */
export interface Imprint {
  readonly runId: string;
  readonly date: Date;
}

/** A part of the report with a heading; it stands in the contents and in the bookmarks. */
interface Part {
  readonly id: string;
  /** Absent for abstract, conclusion and the like. */
  readonly number?: number;
  readonly heading: string;
  readonly body: readonly Content[];
}

/** A block that must not be divided has to fit a page. */
const longestUndivided = 1_200;

/** @param onPages - told the number of pages while the document is laid out */
export function reportDocument(draft: Draft, imprint: Imprint, onPages: (pages: number) => void): DocumentDefinition {
  const title = typographic(draft.title);
  const parts = partsOf(draft);
  const date = longDate(imprint.date);
  const shortTitle = runsOf(openingOf(title, 80), 'sans');
  return {
    content: [titlePage(draft, title, { runId: imprint.runId, date }), contentsPage(parts), ...parts.map(partContent)],
    pageSize: page.size,
    pageMargins: [page.left, page.top, page.right, page.bottom],
    version: '1.7',
    language: 'en',
    displayTitle: true,
    info: metadata(draft, title, imprint),
    styles,
    defaultStyle: { font: 'serif', fontSize: 10.8, color: colors.ink },
    header: (number) => (number === 1 ? '' : runningLine(shortTitle, '', page.top - 42)),
    footer: (number, pages) => {
      onPages(pages);
      return number === 1 ? '' : runningLine(date, `page ${number} of ${pages}`, 34);
    },
    pageBreakBefore: (node, around) => isLeftAlone(node, around.getFollowingNodesOnPage),
  };
}

function metadata(draft: Draft, title: string, { runId, date }: Imprint): Record<string, string | Date> {
  return {
    title,
    author: 'Holdfast',
    subject: typographic(draft.topic),
    keywords: `${typographic(draft.source.title)}, ${typographic(draft.source.author)}, run ${runId}`,
    creator: 'Holdfast',
    producer: 'pdfmake',
    creationDate: date,
    modDate: date,
  };
}

function titlePage(draft: Draft, title: string, made: { runId: string; date: string }): Content {
  const { source, topic } = draft;
  const imprint: Content[] = [
    { canvas: [{ type: 'line', x1: 0, y1: 0, x2: 56, y2: 0, lineWidth: 1.5, lineColor: colors.accent }] },
    { style: 'imprint', text: ['Based on ', ...bookName(source)], margin: [0, 14, 0, 4] },
    styled('imprint', made.date),
    styled('imprintQuiet', `Run ${made.runId}`),
  ];
  return {
    stack: [
      { style: 'kicker', text: 'RESEARCH\u00a0\u00a0REPORT' },
      { ...titleStyle(title.length), text: runsOf(openingOf(title, 240), 'serif') },
      // Pipelines may take the topic for the title.
      ...(isSame(title, topic) ? [] : [styled('subtitle', openingOf(topic, 240))]),
      { stack: imprint, absolutePosition: { x: page.left, y: page.height - page.bottom - 96 } },
    ],
    pageBreak: 'after',
  };
}

function isSame(title: string, topic: string): boolean {
  return title.toLowerCase() === typographic(topic).toLowerCase();
}

function contentsPage(parts: readonly Part[]): Content {
  const rows = parts.map(({ id, number, heading }) => [
    { style: 'contentsNumber', text: number === undefined ? '' : String(number), linkToDestination: id },
    { style: 'contentsEntry', text: runsOf(heading, 'serif'), linkToDestination: id },
    { style: 'contentsPage', pageReference: id, linkToDestination: id, text: '' },
  ]);
  return [
    { style: 'heading', text: 'Contents', margin: [0, 0, 0, 18] },
    { table: { widths: [numberColumn - 9, '*', 30], body: rows }, layout: 'noBorders' },
  ];
}

function partsOf(draft: Draft): Part[] {
  const prepared = draft.sections.map((section) => ({
    heading: typographic(section.heading) || 'Untitled section',
    paragraphs: section.paragraphs.flatMap(paragraphsOf),
    citations: section.citations.map(({ chapter, quote }) => ({ chapter, quote: typographic(quote) })),
  }));
  const cited = citeSources(prepared);
  const summary = (text: string): Content[] => paragraphsOf(text).map((paragraph) => styled('lead', paragraph));
  const parts: Part[] = [
    { id: 'abstract', heading: 'Abstract', body: summary(draft.abstract) },
    { id: 'findings', heading: 'Key findings', body: draft.keyFindings.map(finding) },
    ...prepared.map(({ heading }, index) => ({
      id: `section-${index + 1}`,
      number: index + 1,
      heading,
      body: (cited.sections[index] ?? []).map(citedParagraph),
    })),
    {
      id: 'conclusion',
      heading: 'Conclusion',
      body: paragraphsOf(draft.conclusion).map((text) => styled('paragraph', text)),
    },
    { id: 'sources', heading: 'Sources', body: sourceList(draft, cited.sources) },
  ];
  // A reviewer may have emptied the abstract or the findings; a section stays even so.
  return parts.filter(({ number, body }) => number !== undefined || body.length > 0);
}

function partContent({ id, number, heading, body }: Part, index: number): Content {
  const startsPage = index === 0 || number === 1;
  const text = {
    style: 'heading',
    text: runsOf(heading, 'sans'),
    id,
    outline: true,
    outlineText: number === undefined ? heading : `${number}  ${heading}`,
  };
  return [
    {
      columns: number === undefined ? [text] : numbered({ style: 'headingNumber', number }, [text]),
      headlineLevel: 1,
      margin: startsPage ? [0, 0, 0, 12] : [0, 22, 0, 10],
      ...(startsPage ? { pageBreak: 'before' } : {}),
    },
    ...body,
  ];
}

function citedParagraph(pieces: CitedParagraph): Content {
  const text = pieces.flatMap(({ text, sources }) => [
    ...runsOf(text, 'serif'),
    ...sources.flatMap((number, index) => [
      ...(index === 0 ? [] : [{ style: 'marker', text: ',' }]),
      { style: 'marker', text: String(number), linkToDestination: `source-${number}` },
    ]),
  ]);
  return { style: 'paragraph', text };
}

function finding(text: string, index: number): Content {
  return { columns: numbered({ style: 'findingNumber', number: index + 1 }, [styled('finding', text)]) };
}

function sourceList({ source, chapterTitles }: Draft, sources: readonly Source[]): Content[] {
  const text =
    sources.length === 0
      ? ['This report is based on ', ...bookName(source), '. It quotes no passage literally.']
      : ['All quotations are taken literally from ', ...bookName(source), '.'];
  return [{ style: 'note', text }, ...sources.map((cited) => sourceEntry(cited, chapterTitles))];
}

function sourceEntry({ number, chapter, quote }: Source, titles: Draft['chapterTitles']): Content {
  const title = titles[String(chapter)];
  const place = title === undefined ? `Chapter ${chapter}` : `Chapter ${chapter} · ${title}`;
  // Quotation marks inside a quotation are single ones.
  const words = quote
    .replace(/^“([^“”]*)”$/, '$1')
    .replaceAll('“', '‘')
    .replaceAll('”', '’');
  return {
    columns: numbered({ style: 'sourceNumber', number, id: `source-${number}` }, [
      styled('quote', `“${words}”`),
      styled('place', place),
    ]),
    unbreakable: quote.length <= longestUndivided,
  };
}

function longDate(date: Date): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(date);
}
