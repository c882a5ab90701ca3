/**
 * Which characters a TrueType font has, read from its `cmap` table (OpenType specification, "cmap — Character to Glyph
 * Index Mapping Table"). Knowing it before typesetting lets us replace what would be printed as an empty box.
 */
import { readFileSync } from 'node:fs';

/** The code points of the font file at `path`. */
export function readCoverage(path: string): Set<number> {
  const font = readFileSync(path);
  const cmap = tableOffset(font, 'cmap');
  const covered = new Set<number>();
  for (let index = 0; index < font.readUInt16BE(cmap + 2); index += 1) {
    const subtable = cmap + font.readUInt32BE(cmap + 4 + index * 8 + 4);
    const format = font.readUInt16BE(subtable);
    if (format === 4) addSegments(font, subtable, covered);
    else if (format === 12) addGroups(font, subtable, covered);
  }
  return covered;
}

function tableOffset(font: Buffer, tag: string): number {
  for (let index = 0; index < font.readUInt16BE(4); index += 1) {
    const entry = 12 + index * 16;
    if (font.toString('latin1', entry, entry + 4) === tag) return font.readUInt32BE(entry + 8);
  }
  throw new Error(`the font has no ${tag} table`);
}

/** Format 4: segments of the basic plane; a glyph is found by a delta or through an array of glyph ids. */
function addSegments(font: Buffer, at: number, covered: Set<number>): void {
  const size = font.readUInt16BE(at + 6);
  const ends = at + 14;
  const starts = ends + size + 2;
  const deltas = starts + size;
  const offsets = deltas + size;
  for (let segment = 0; segment < size; segment += 2) {
    const end = font.readUInt16BE(ends + segment);
    const start = font.readUInt16BE(starts + segment);
    const delta = font.readUInt16BE(deltas + segment);
    const offset = font.readUInt16BE(offsets + segment);
    for (let code = start; code <= end && code !== 0xffff; code += 1) {
      const direct = offset === 0 ? code : font.readUInt16BE(offsets + segment + offset + (code - start) * 2);
      if (direct !== 0 && (direct + delta) % 65_536 !== 0) covered.add(code);
    }
  }
}

/** Format 12: groups of consecutive code points in any plane. */
function addGroups(font: Buffer, at: number, covered: Set<number>): void {
  for (let group = 0; group < font.readUInt32BE(at + 12); group += 1) {
    const entry = at + 16 + group * 12;
    const start = font.readUInt32BE(entry);
    const firstGlyph = font.readUInt32BE(entry + 8);
    for (let code = start; code <= font.readUInt32BE(entry + 4); code += 1) {
      if (firstGlyph + code - start !== 0) covered.add(code);
    }
  }
}
