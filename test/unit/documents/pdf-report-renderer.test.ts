import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Draft } from '../../../src/contracts/pipelines/research-report';
import { createPdfReportRenderer } from '../../../src/documents';
import { renderInThread } from '../../../src/documents/report/render-in-thread';
import { renderPdf } from '../../../src/documents/report/render-pdf';
import { sampleDraft } from './sample-draft';
import { removeTemporaryFolders, temporaryFolder } from './temporary-folder';

afterEach(removeTemporaryFolders);

const renderer = createPdfReportRenderer();
const footer = { runId: 'run-42', date: '2026-11-21T14:03:22.123Z' };

async function render(draft: Draft, at = footer) {
  const path = join(temporaryFolder(), 'report.pdf');
  const rendered = await renderer.render(draft, path, at);
  return { rendered, path, bytes: readFileSync(path), text: readFileSync(path, 'latin1') };
}

describe('render', () => {
  let sample: Awaited<ReturnType<typeof render>>;
  beforeAll(async () => {
    sample = await render(sampleDraft());
  });

  test('writes a PDF and says what it wrote', () => {
    const { rendered, path, bytes, text } = sample;
    expect(text.startsWith('%PDF-1.7\n')).toBe(true);
    expect(text.trimEnd().endsWith('%%EOF')).toBe(true);
    expect(rendered).toEqual({
      path,
      pages: text.match(/\/Type \/Page\b/g)?.length,
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    expect(rendered.pages).toBe(4);
  });

  test('carries metadata, language, bookmarks and links', () => {
    const { text } = sample;
    for (const part of [
      '(Learning to Listen)',
      '(Holdfast)',
      '(How an untrained listener can follow a symphony)',
      '(How to Listen to Music, Henry Edward Krehbiel, run run-42)',
      '(D:20261121140322Z)',
      '/Lang (en)',
      '/DisplayDocTitle true',
      '/PageMode /UseOutlines',
      '/Title (Abstract)',
      '/Title (1  Section on matter 1)',
      '/Title (Sources)',
      '(section-2) [',
      '(source-1) [',
      '/D (source-2)',
    ]) {
      expect(text).toContain(part);
    }
  });

  test('embeds every font it uses', () => {
    const { text } = sample;
    const fonts = text.match(/\/FontName \/\w+\+[\w-]+/g) ?? [];
    expect(fonts.map((font) => font.replace(/.*\+/, '')).sort()).toEqual([
      'SourceSans3-Italic',
      'SourceSans3-Regular',
      'SourceSans3-SemiBold',
      'SourceSerif4-Italic',
      'SourceSerif4-Regular',
      'SourceSerif4-SemiBold',
    ]);
    expect(text.match(/\/FontFile2 /g)).toHaveLength(6);
  });

  test('the same draft and footer give the same bytes, another date or run others', async () => {
    const { sha256 } = sample.rendered;
    expect((await render(sampleDraft())).rendered.sha256).toBe(sha256);
    const others = [
      { ...footer, date: '2026-11-22T00:00:00Z' },
      { ...footer, runId: 'run-43' },
    ];
    for (const other of others) expect((await render(sampleDraft(), other)).rendered.sha256).not.toBe(sha256);
  });

  test('twelve sections of twenty paragraphs become a long report', async () => {
    const { rendered } = await render(sampleDraft({ sections: 12, paragraphs: 20 }));
    expect(rendered.pages).toBeGreaterThan(40);
    expect(rendered.bytes).toBeLessThan(2_000_000);
  });

  test.each<[string, (draft: Draft) => Draft]>([
    [
      'no citations, findings or paragraphs',
      (draft) => ({
        ...draft,
        keyFindings: [],
        chapterTitles: {},
        sections: draft.sections.map(({ heading }) => ({ heading, paragraphs: [], citations: [] })),
      }),
    ],
    [
      'no text at all',
      () => ({
        title: '',
        topic: '',
        source: { title: '', author: '' },
        abstract: '',
        keyFindings: [''],
        conclusion: '',
        sections: [{ heading: '', paragraphs: [''], citations: [{ chapter: 1, quote: '' }] }],
        chapterTitles: {},
      }),
    ],
    [
      'letters of many scripts',
      (draft) => ({ ...draft, title: 'Größe 音楽 “é” ß — 👩‍👩‍👧 مرحبا नमस्ते שלום \ud800 \0', abstract: '音楽 🎵' }),
    ],
    [
      'very long words',
      (draft) => ({
        ...draft,
        title: 'W'.repeat(300),
        keyFindings: ['W'.repeat(3_000)],
        conclusion: `https://a.example/${'path-'.repeat(400)}`,
      }),
    ],
    [
      'a quotation of many pages',
      (draft) => ({
        ...draft,
        sections: [
          { heading: 'H', paragraphs: ['P'], citations: [{ chapter: 1, quote: 'all the words '.repeat(2_000) }] },
        ],
      }),
    ],
  ])('a draft with %s is rendered all the same', async (_, change) => {
    const { rendered } = await render(change(sampleDraft()));
    expect(rendered.pages).toBeGreaterThanOrEqual(3);
  });
});

describe('the file', () => {
  test('replaces an earlier one, in folders made as needed, and leaves nothing else behind', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'out', 'deep', 'report.pdf');
    mkdirSync(join(folder, 'out', 'deep'), { recursive: true });
    writeFileSync(path, 'an earlier report');
    await renderer.render(sampleDraft(), path, footer);
    expect(readFileSync(path, 'latin1').startsWith('%PDF')).toBe(true);
    expect(readdirSync(join(folder, 'out', 'deep'))).toEqual(['report.pdf']);
    await renderer.render(sampleDraft(), join(folder, 'new', 'report.pdf'), footer);
    expect(readdirSync(join(folder, 'new'))).toEqual(['report.pdf']);
  });

  test('is not half written when its place is taken', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'report.pdf', 'inside'), { recursive: true });
    await expect(renderer.render(sampleDraft(), join(folder, 'report.pdf'), footer)).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['report.pdf']);
  });

  test.each([
    ['report.pdf', footer, 'must be absolute, received "report.pdf"'],
    ['/tmp/report.pdf', { ...footer, date: 'soon' }, 'must be ISO 8601, received "soon"'],
  ])('refuses %s on %j', async (path, at, message) => {
    await expect(renderer.render(sampleDraft(), path, at)).rejects.toThrow(
      expect.objectContaining({ type: 'Pipeline.InvalidInput', message: expect.stringContaining(message) }),
    );
  });
});

describe('renderInThread', () => {
  const input = { draft: sampleDraft(), runId: 'run-42', date: new Date(footer.date) };
  const loadTypeScript = ['--require', require.resolve('../../support/compile-on-require.cjs')];

  test('gives the bytes that rendering in place gives', async () => {
    const { bytes, pages } = await renderPdf(input);
    const threaded = await renderInThread(input, loadTypeScript);
    expect(threaded.pages).toBe(pages);
    expect(Buffer.compare(threaded.bytes, bytes)).toBe(0);
  });

  test('hands on the failure of its thread', async () => {
    const broken = { ...input, draft: { ...input.draft, sections: null } as unknown as Draft };
    await expect(renderInThread(broken, loadTypeScript)).rejects.toThrow(/reading 'map'/);
  });
});
