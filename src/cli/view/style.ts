/** Colours with a meaning. Node decides whether there are any: NO_COLOR, FORCE_COLOR, TERM and the stream itself. */
import { styleText } from 'node:util';

type Paint = (text: string) => string;
type Format = Parameters<typeof styleText>[0];

export interface Style {
  readonly strong: Paint;
  readonly faint: Paint;
  readonly good: Paint;
  readonly active: Paint;
  readonly warning: Paint;
  readonly bad: Paint;
}

export const plainStyle: Style = styleOf(() => (text) => text);

export function createStyle(stream: NodeJS.WriteStream): Style {
  return styleOf((format) => (text) => styleText(format, text, { stream, validateStream: true }));
}

function styleOf(paint: (format: Format) => Paint): Style {
  return {
    strong: paint('bold'),
    faint: paint('dim'),
    good: paint('green'),
    active: paint('cyan'),
    warning: paint('yellow'),
    bad: paint('red'),
  };
}
