import type { LaidOutNode } from 'pdfmake';
import { bodyLineHeight, page } from './styles';
import type { StyleName } from './styles';

/**
 * True for a heading without at least two lines of text below it, and for a paragraph that would leave its first line
 * alone at the foot of a page.
 */
export function isLeftAlone(node: LaidOutNode, following: () => readonly LaidOutNode[]): boolean {
  const lastStart = page.height - page.bottom - 2 * bodyLineHeight;
  const { pageNumber, top } = node.startPosition;
  if (node.headlineLevel === 1) {
    const text = following().find(({ style }) => style !== undefined && bodyStyles.has(style));
    return text === undefined || text.startPosition.pageNumber > pageNumber || text.startPosition.top > lastStart;
  }
  return node.style === 'paragraph' && node.pageNumbers.length > 1 && top > lastStart;
}

const bodyStyles: ReadonlySet<string> = new Set<StyleName>(['paragraph', 'lead', 'finding', 'note', 'quote']);
