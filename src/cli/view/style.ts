/** Colours with a meaning. Node decides whether there are any: NO_COLOR, FORCE_COLOR, TERM and the stream itself. */
import { styleText } from 'node:util';

type Paint = (text: string) => string;

export interface Style {
  readonly strong: Paint;
  readonly faint: Paint;
  readonly good: Paint;
  readonly active: Paint;
  readonly warning: Paint;
  readonly bad: Paint;
}

const formats = {
  strong: 'bold',
  faint: 'dim',
  good: 'green',
  active: 'cyan',
  warning: 'yellow',
  bad: 'red',
} as const satisfies Record<keyof Style, Parameters<typeof styleText>[0]>;

export const plainStyle: Style = styleOf(() => (text) => text);

export function createStyle(stream: NodeJS.WriteStream): Style {
  return styleOf((format) => (text) => styleText(format, text, { stream, validateStream: true }));
}

function styleOf(paint: (format: (typeof formats)[keyof Style]) => Paint): Style {
  const entries = Object.entries(formats).map(([name, format]) => [name, paint(format)]);
  return Object.fromEntries(entries) as unknown as Style;
}
