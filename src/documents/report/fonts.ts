/** The faces a report is set in: Source Serif 4 and Source Sans 3 (SIL Open Font License), embedded as subsets. */
import type { FontFaces } from 'pdfmake';
import { readCoverage } from './true-type-coverage';

export type FontFamily = 'serif' | 'sans';

export const fontFaces: Readonly<Record<FontFamily, FontFaces>> = {
  serif: facesOf('source-serif-4', 'SourceSerif4'),
  sans: facesOf('source-sans-3', 'SourceSans3'),
};

const coverage = new Map<FontFamily, ReadonlySet<number>>();

/** True when every face of the family has the character, so that a change of face never loses it. */
export function hasCharacter(family: FontFamily, codePoint: number): boolean {
  let covered = coverage.get(family);
  if (covered === undefined) {
    const [first = new Set<number>(), ...others] = Object.values(fontFaces[family]).map(readCoverage);
    covered = new Set([...first].filter((code) => others.every((face) => face.has(code))));
    coverage.set(family, covered);
  }
  return covered.has(codePoint);
}

function facesOf(name: string, prefix: string): FontFaces {
  const face = (weight: string): string =>
    require.resolve(`@expo-google-fonts/${name}/${weight}/${prefix}_${weight}.ttf`);
  return {
    normal: face('400Regular'),
    bold: face('600SemiBold'),
    italics: face('400Regular_Italic'),
    bolditalics: face('600SemiBold_Italic'),
  };
}
