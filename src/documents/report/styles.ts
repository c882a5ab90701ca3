/** The look of a report, in points. One place, so that it can be judged and changed as a whole. */
import type { Style } from 'pdfmake';

export const page = { size: 'A4', width: 595.28, height: 841.89, left: 106, top: 92, right: 106, bottom: 96 } as const;

/** Source Serif brings a line height of 1.37 with it: 10.8 pt is set on 14.8 pt, about 72 characters to the line. */
export const bodyLineHeight = 10.8 * 1.371;

const ink = '#1c1c1e';
const accent = '#1f4e6b';
const quiet = '#6b6f76';
export const colors = { ink, accent, quiet, rule: '#c9ced6' } as const;

export const styles = {
  kicker: { font: 'sans', bold: true, fontSize: 9, characterSpacing: 1.6, color: accent, margin: [0, 128, 0, 20] },
  subtitle: { italics: true, fontSize: 15, color: quiet, margin: [0, 16, 0, 0] },
  imprint: { font: 'sans', fontSize: 10, color: ink, margin: [0, 0, 0, 4] },
  imprintQuiet: { font: 'sans', fontSize: 8.5, color: quiet },
  heading: { font: 'sans', bold: true, fontSize: 17, color: ink, lineHeight: 0.95 },
  headingNumber: { font: 'sans', fontSize: 17, color: accent, lineHeight: 0.95 },
  contentsEntry: { fontSize: 11, margin: [0, 4, 0, 4] },
  contentsNumber: { font: 'sans', fontSize: 10.5, color: accent, margin: [0, 4, 0, 4] },
  contentsPage: { font: 'sans', fontSize: 10.5, color: quiet, alignment: 'right', margin: [0, 4, 0, 4] },
  paragraph: { margin: [0, 0, 0, 7.5] },
  lead: { fontSize: 11.5, margin: [0, 0, 0, 8] },
  finding: { margin: [0, 0, 0, 6] },
  findingNumber: { font: 'sans', bold: true, fontSize: 10, color: accent, margin: [0, 0.6, 0, 0] },
  marker: { font: 'sans', fontFeatures: ['sups'], color: accent },
  note: { font: 'sans', fontSize: 9.5, color: quiet, margin: [0, 0, 0, 14] },
  sourceNumber: { font: 'sans', bold: true, fontSize: 9, color: accent, margin: [0, 0.8, 0, 0] },
  quote: { fontSize: 10, margin: [0, 0, 0, 1] },
  place: { font: 'sans', fontSize: 8.5, color: quiet, margin: [0, 0, 0, 10] },
  running: { font: 'sans', fontSize: 8.5, color: quiet },
} as const satisfies Record<string, Style>;

export type StyleName = keyof typeof styles;

/** Long titles are set smaller, so that a title page stays one page. */
export function titleStyle(characters: number): Style {
  const fontSize = characters <= 60 ? 31 : characters <= 110 ? 26 : 21;
  return { bold: true, fontSize, lineHeight: 0.88, color: ink };
}
