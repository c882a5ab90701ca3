/** What a scanner, a fax and a mail room do to a page. The answer stays what the page said before. */
import type { Random } from '../../src/simulator/random';

/** From a clean copy to one that has been faxed twice. Share of the characters that are misread, and what else befalls the page. */
const grades = [
  { misread: 0, events: 0, isPlain: false },
  { misread: 0.004, events: 1, isPlain: false },
  { misread: 0.012, events: 2, isPlain: false },
  { misread: 0.03, events: 3, isPlain: true },
] as const;
export type Grade = 0 | 1 | 2 | 3;

const confusions: Readonly<Record<string, readonly string[]>> = {
  O: ['0'],
  '0': ['O', 'o'],
  l: ['1', 'I'],
  '1': ['l', 'I'],
  I: ['l', '1'],
  i: ['l', '1'],
  S: ['5'],
  '5': ['S'],
  B: ['8'],
  '8': ['B'],
  Z: ['2'],
  G: ['6'],
  '6': ['b'],
  m: ['rn'],
  d: ['cl'],
  w: ['vv'],
  e: ['c'],
  u: ['ii'],
  n: ['ri'],
  a: ['o'],
  g: ['q', '9'],
  ü: ['ii', 'u'],
  ö: ['o'],
  ä: ['a'],
  ß: ['B'],
  é: ['e'],
  è: ['e'],
  '.': [','],
  ',': ['.'],
  ':': [';', '.'],
  '€': ['C'],
  '£': ['E'],
};
/** The way without accents. */
const plain: Readonly<Record<string, string>> = {
  ä: 'a',
  ö: 'o',
  ü: 'u',
  Ä: 'A',
  Ö: 'O',
  Ü: 'U',
  ß: 'ss',
  é: 'e',
  è: 'e',
  ê: 'e',
  à: 'a',
  É: 'E',
  ş: 's',
  ı: 'i',
  â: 'a',
  ô: 'o',
  ç: 'c',
};

type Event = (lines: string[], random: Random) => string[];

const someDay = (random: Random): string =>
  `${random.int(10, 28)} ${['MAR', 'JUL', 'NOV'][random.int(0, 2)]} 202${random.int(0, 6)}`;

const events: readonly Event[] = [
  (lines, random) => [
    `FAX FROM +44 1632 96${random.int(1000, 9999)}   ${someDay(random)}  09:${random.int(10, 59)}   P. 01/02`,
    ...lines,
  ],
  (lines, random) => inserted(lines, random.int(2, 8), [`        *** RECEIVED ${someDay(random)} ***`]),
  (lines, random) =>
    inserted(lines, random.int(Math.floor(lines.length / 2), lines.length - 1), [
      '',
      `Page ${random.int(1, 3)} of 3`,
      '',
    ]),
  (lines, random) => inserted(lines, random.int(1, lines.length - 1), ['        C O P Y']),
  (lines) => [...lines, '', 'Scanned with OfficeScan 4.2'],
  brokenLine,
  hyphenated,
  (lines) => lines.filter((line, index) => line.trim() !== '' || index % 2 === 0),
  (lines, random) => lines.map((line) => (line.trim() === '' ? line : ' '.repeat(random.int(0, 2)) + line)),
  // Two columns read as one.
  (lines) => lines.map((line) => line.replace(/(\S) {3,}(\S)/g, '$1 $2')),
];

function inserted(lines: string[], at: number, what: readonly string[]): string[] {
  return [...lines.slice(0, at), ...what, ...lines.slice(at)];
}

function brokenLine(lines: string[], random: Random): string[] {
  const long = lines.flatMap((line, index) => (line.length > 50 ? [index] : []));
  const index = long[random.int(0, Math.max(0, long.length - 1))];
  const line = index === undefined ? undefined : lines[index];
  if (index === undefined || line === undefined) return lines;
  const at = line.indexOf(' ', random.int(20, 40));
  return at === -1
    ? lines
    : [...lines.slice(0, index), line.slice(0, at), line.slice(at + 1), ...lines.slice(index + 1)];
}

function hyphenated(lines: string[]): string[] {
  return lines.flatMap((line, index) => {
    const word = /^(.{60,}\p{L}{4})(\p{Ll}{4,}.*)$/u.exec(line);
    return word === null || index % 2 === 0 ? [line] : [`${word[1]}-`, word[2] ?? ''];
  });
}

export function scan(lines: readonly string[], grade: Grade, random: Random): string {
  const { misread, events: count, isPlain } = grades[grade];
  let page = [...lines];
  for (let done = 0; done < count; done += 1) page = (events[random.int(0, events.length - 1)] as Event)(page, random);
  return page.map((line) => misreadLine(line, { misread, isPlain: isPlain && random.next() < 0.7, random })).join('\n');
}

function misreadLine(
  line: string,
  { misread, isPlain, random }: { misread: number; isPlain: boolean; random: Random },
): string {
  return [...line]
    .map((one) => (isPlain ? (plain[one] ?? one) : one))
    .map((one) => {
      const others = confusions[one];
      return others === undefined || random.next() >= misread * 2
        ? one
        : (others[random.int(0, others.length - 1)] as string);
    })
    .join('');
}
