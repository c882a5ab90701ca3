import type { Draft } from '../../../src/contracts/pipelines/research-report';
import { assembleDraft, checkDraft } from '../../../src/workflows/policy/research-draft';

const section = { heading: 'H', paragraphs: ['P.'], citations: [{ chapter: 2, quote: 'q' }] };
const draft: Draft = assembleDraft({
  request: { topic: 'T', source: 's' },
  source: {
    title: 'Book',
    author: 'A',
    chapters: [1, 2, 3].map((number) => ({ number, title: `C${number}`, words: 1, excerpt: '' })),
  },
  sections: [section],
  synthesis: { title: 'Title', abstract: 'A', keyFindings: ['k'], conclusion: 'c' },
});

describe('assembleDraft', () => {
  test('names only the chapters that are cited', () => {
    expect(draft.chapterTitles).toEqual({ '2': 'C2' });
  });
});

describe('checkDraft', () => {
  test('takes what was shown back unchanged', () => {
    expect(checkDraft(JSON.parse(JSON.stringify(draft)))).toBeUndefined();
  });

  test.each([
    ['text instead of a draft', 'hello', /whole draft/],
    ['no title', { ...draft, title: 7 }, /title: expected text/],
    ['no findings', { ...draft, keyFindings: 'k' }, /keyFindings/],
    ['no source', { ...draft, source: null }, /source/],
    ['no sections', { ...draft, sections: [] }, /at least one section/],
    ['a broken section', { ...draft, sections: [section, { ...section, paragraphs: [1] }] }, /sections\.1/],
    ['a broken citation', { ...draft, sections: [{ ...section, citations: [{ chapter: 'x' }] }] }, /sections\.0/],
  ])('refuses %s and says where', (_, value, message) => {
    expect(checkDraft(value as never)).toMatch(message);
  });
});
