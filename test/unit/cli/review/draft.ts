export const draft = {
  topic: 'Scales',
  title: 'Scales',
  abstract: 'A scale is a ladder of tones. It has steps, some of them small.',
  keyFindings: ['There are steps.'],
  conclusion: 'Climb.',
  source: { title: 'How to Listen', author: 'H. Krehbiel' },
  sections: [
    { heading: 'The major scale', paragraphs: ['…'], citations: [{ chapter: 1, quote: 'a ladder' }] },
    { heading: 'Modes', paragraphs: ['…'], citations: [] },
  ],
  chapterTitles: { '1': 'Introduction' },
};
