import type { Draft } from '../../../src/contracts/pipelines/research-report';

const sentence =
  'The listener who remembers a melody hears its return with pleasure, and hears more in it than before.';

/** A draft of a given size; its citations are quoted in the first paragraph of their section. */
export function sampleDraft(size: { sections?: number; paragraphs?: number } = {}): Draft {
  const { sections = 2, paragraphs = 2 } = size;
  return {
    title: 'Learning to Listen',
    topic: 'How an untrained listener can follow a symphony',
    source: { title: 'How to Listen to Music', author: 'Henry Edward Krehbiel' },
    abstract: 'This report asks what listening takes.\n\nIt finds that memory comes first.',
    keyFindings: ['Repetition makes form audible.', 'Memory comes before study.'],
    conclusion: 'Whoever listens often hears more.',
    sections: Array.from({ length: sections }, (_, section) => ({
      heading: `Section on matter ${section + 1}`,
      paragraphs: Array.from({ length: paragraphs }, (_, paragraph) =>
        paragraph === 0
          ? `He says that "quotation number ${section + 1} stands here," and goes on.`
          : Array(6).fill(sentence).join(' '),
      ),
      citations: [{ chapter: section + 1, quote: `quotation number ${section + 1} stands here` }],
    })),
    chapterTitles: { '1': 'Introduction', '2': 'Recognition of Musical Elements' },
  };
}
