/** The pieces that the pages of a report are built from. */
import type { Content } from 'pdfmake';
import type { Draft } from '../../contracts/pipelines/research-report';
import { page, styles } from './styles';
import type { StyleName } from './styles';
import { runsOf, typographic } from './typeset';

/** Width of the column in which headings, findings and sources have their numbers. */
export const numberColumn = 27;

/** A number with what it counts beside it, as columns; `id` is a link's target. */
export function numbered(
  { style, number, id }: { style: StyleName; number: number; id?: string },
  content: readonly Content[],
): Content[] {
  return [
    { style, text: String(number), width: numberColumn, ...(id === undefined ? {} : { id }) },
    { stack: content, width: '*' },
  ];
}

export function bookName({ title, author }: Draft['source']): Content[] {
  // Runs carry the style themselves: pdfmake does not hand it down from a text to the texts in it.
  const name = runsOf(typographic(title), 'sans').map((run) => ({ ...run, italics: true }));
  return [...name, ' by ', ...runsOf(typographic(author), 'sans')];
}

export function runningLine(left: Content, right: string, top: number): Content {
  return {
    style: 'running',
    columns: [
      { text: left, width: '*' },
      { text: right, width: 'auto', alignment: 'right' },
    ],
    columnGap: 20,
    margin: [page.left, top, page.right, 0],
  };
}

export function styled(style: StyleName, text: string): Content {
  const family = 'font' in styles[style] ? 'sans' : 'serif';
  return { style, text: runsOf(typographic(text), family) };
}

/** A model's paragraph may hold several. */
export function paragraphsOf(text: string): string[] {
  return text
    .split(/\n\s*\n/)
    .map(typographic)
    .filter((paragraph) => paragraph !== '');
}
