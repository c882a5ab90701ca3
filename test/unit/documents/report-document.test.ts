import type { LaidOutNode } from 'pdfmake';
import type { Draft } from '../../../src/contracts/pipelines/research-report';
import { hasCharacter } from '../../../src/documents/report/fonts';
import { reportDocument } from '../../../src/documents/report/report-document';
import { page } from '../../../src/documents/report/styles';
import { sampleDraft } from './sample-draft';

const imprint = { runId: 'run-42', date: new Date('2026-11-21T23:59:00Z') };
const documentOf = (draft: Draft) => reportDocument(draft, imprint, () => {});

/** All text of a part of the document, in order. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) return content.map(textOf).join('|');
  if (typeof content !== 'object' || content === null) return '';
  const { text, stack, columns, table, pageReference } = content as Record<string, unknown>;
  if (typeof pageReference === 'string') return `→${pageReference}`;
  return textOf(text ?? stack ?? columns ?? (table as { body?: unknown } | undefined)?.body);
}

describe('reportDocument', () => {
  test('begins with a title page', () => {
    expect(textOf(documentOf(sampleDraft()).content[0])).toBe(
      'RESEARCH\u00a0\u00a0REPORT|Learning to Listen|How an untrained listener can follow a symphony||Based on |How to Listen to Music| by |Henry Edward Krehbiel|21 November 2026|Run run-42',
    );
  });

  test('does not say the topic again when it is the title', () => {
    const draft = { ...sampleDraft(), title: 'How to Listen', topic: 'how to listen' };
    expect(textOf(documentOf(draft).content[0])).toContain('REPORT|How to Listen||Based on');
  });

  test('says nothing in characters that its fonts lack', () => {
    for (const character of textOf(documentOf(sampleDraft()).content)) {
      expect([character, hasCharacter('sans', character.codePointAt(0) ?? 0)]).toEqual([character, true]);
    }
  });

  test('lists every part with its page', () => {
    expect(textOf(documentOf(sampleDraft()).content[1])).toBe(
      [
        'Contents||Abstract|→abstract',
        '|Key findings|→findings',
        '1|Section on matter 1|→section-1',
        '2|Section on matter 2|→section-2',
        '|Conclusion|→conclusion',
        '|Sources|→sources',
      ].join('|'),
    );
  });

  test('leaves out what a reviewer emptied', () => {
    const text = textOf(documentOf({ ...sampleDraft(), abstract: ' ', keyFindings: [], conclusion: '' }).content[1]);
    expect(text).not.toMatch(/Abstract|Key findings|Conclusion/);
  });

  test('ties each quotation to a numbered source with its chapter', () => {
    const text = textOf(documentOf(sampleDraft()).content);
    expect(text).toContain('He says that “quotation number 2 stands here,”|2| and goes on.');
    expect(text).toContain('|1|“quotation number 1 stands here”|Chapter 1 · Introduction|2|“quotation number 2');
  });

  test('sets quotation marks inside a quotation as single ones', () => {
    const draft = sampleDraft({ sections: 1 });
    const citations = [
      { chapter: 7, quote: 'he said "yes" to it' },
      { chapter: 7, quote: '"all of it"' },
    ];
    const text = textOf(documentOf({ ...draft, sections: [{ heading: 'H', paragraphs: ['P'], citations }] }).content);
    expect(text).toContain('“he said ‘yes’ to it”|Chapter 7|2|“all of it”|Chapter 7');
  });

  test('has running lines on every page but the first, and tells the number of pages', () => {
    const pages: number[] = [];
    const { header, footer } = reportDocument(sampleDraft(), imprint, (count) => pages.push(count));
    expect([textOf(header(1, 9)), textOf(footer(1, 9))]).toEqual(['', '']);
    expect(textOf(header(2, 9))).toBe('Learning to Listen|');
    expect(textOf(footer(3, 9))).toBe('21 November 2026|page 3 of 9');
    expect(pages).toEqual([9, 9]);
  });

  describe('pageBreakBefore', () => {
    const { pageBreakBefore } = documentOf(sampleDraft());
    const foot = page.height - page.bottom;
    const at = (top: number, pageNumber = 2): LaidOutNode['startPosition'] => ({ top, pageNumber });
    const heading = (top: number): LaidOutNode => ({ headlineLevel: 1, pageNumbers: [2], startPosition: at(top) });
    const text = (top: number, pageNumbers = [2]): LaidOutNode => ({
      style: 'paragraph',
      pageNumbers,
      startPosition: at(top, pageNumbers[0]),
    });
    const breaks = (node: LaidOutNode, ...following: LaidOutNode[]): boolean =>
      pageBreakBefore(node, { getFollowingNodesOnPage: () => following });

    test.each([
      ['nothing follows on the page', heading(600), [], true],
      [
        'only its own words follow',
        heading(600),
        [{ style: 'heading', pageNumbers: [2], startPosition: at(600) }],
        true,
      ],
      ['one line of text would follow', heading(foot - 60), [text(foot - 20, [2, 3])], true],
      ['text follows', heading(600), [text(630)], false],
    ])('a heading moves on when %s', (_, node, following, moves) => {
      expect(breaks(node, ...following)).toBe(moves);
    });

    test('a paragraph moves on when only its first line would stay', () => {
      expect(breaks(text(foot - 20, [2, 3]))).toBe(true);
      expect(breaks(text(foot - 20, [2]))).toBe(false);
      expect(breaks(text(foot - 50, [2, 3]))).toBe(false);
    });
  });
});
