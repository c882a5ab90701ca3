/** A citation counts only when its words really stand in a passage of the chapter it names. */
import type { Citation, Passage, Section } from '../../contracts/pipelines/research-report';

/** The section, or answer, without citations that cannot be found in the passages it was written from, and without repetitions. */
export function keepVerifiedCitations<T extends Pick<Section, 'citations'>>(
  section: T,
  passages: readonly Passage[],
): T {
  const texts = passages.map((passage) => ({ chapter: passage.chapter, text: normalize(passage.text) }));
  const seen = new Set<string>();
  const citations = section.citations.flatMap((citation): Citation[] => {
    // Some models put the quotation marks into the quotation.
    const words = normalize(citation.quote).replace(/^["'\s]+|["'\s]+$/g, '');
    const found = texts.some(({ chapter, text }) => chapter === citation.chapter && text.includes(words));
    const key = `${citation.chapter}:${words}`;
    if (words === '' || !found || seen.has(key)) return [];
    seen.add(key);
    return [citation];
  });
  return { ...section, citations };
}

/** Models straighten quotation marks, dashes and line breaks; the words themselves must be the same. */
function normalize(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/[“”„«»]/g, '"')
    .replaceAll(/[‘’‚`]/g, "'")
    .replaceAll(/[‐‑‒–—―]+|-{2,}/g, '-')
    .replaceAll('…', '...')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
