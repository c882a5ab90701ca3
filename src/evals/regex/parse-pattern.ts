/**
 * Reads a regular expression of the safe subset into a program for `matchPattern`: literals, `.`, classes and escapes,
 * groups, `|`, `* + ? {n,m}`, `^ $`. Backreferences and look-around are refused: with them no engine keeps linear time.
 *
 * What matches one character is left to the platform's own engine, which sees that one character and nothing else; how
 * characters follow each other is ours, so no pattern of a data set can hang an eval.
 */
import { HoldfastError } from '../../errors';

export type Instruction =
  | { readonly kind: 'character'; readonly matches: (character: string) => boolean }
  /** Goes on at each of these. */
  | { readonly kind: 'fork'; readonly to: readonly number[] }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }
  | { readonly kind: 'match' };

export type Pattern = readonly Instruction[];

const mostPatternCharacters = 1_000;
/** After `{n,m}` is written out. */
const mostInstructions = 1_000;
const mostRepetitions = 500;
const deepest = 50;

type Node =
  | { readonly kind: 'character'; readonly matches: (character: string) => boolean }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'sequence' | 'choice'; readonly of: readonly Node[] }
  | { readonly kind: 'repeat'; readonly of: Node; readonly least: number; readonly most: number };

/** Throws `Config.Invalid` that quotes the pattern and says what is wrong with it. */
export function parsePattern(source: string, { ignoreCase = false } = {}): Pattern {
  if (source.length > mostPatternCharacters)
    throw new HoldfastError('Config.Invalid', `a pattern has at most ${mostPatternCharacters} characters`);
  const program = new Program(source);
  program.add(new PatternReader(source, ignoreCase).read());
  return program.end();
}

/** Where it goes is found out while the rest is written. */
interface Fork {
  readonly kind: 'fork';
  readonly to: number[];
}

class PatternReader {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly source: string,
    private readonly ignoreCase: boolean,
  ) {}

  read(): Node {
    const node = this.choice();
    if (this.at < this.source.length) throw this.refused('")" without "("');
    return node;
  }

  private choice(): Node {
    if (++this.depth > deepest) throw this.refused(`groups nested deeper than ${deepest} levels`);
    const branches = [this.sequence()];
    while (this.take('|')) branches.push(this.sequence());
    this.depth--;
    return branches.length === 1 && branches[0] ? branches[0] : { kind: 'choice', of: branches };
  }

  private sequence(): Node {
    const of: Node[] = [];
    while (this.at < this.source.length && !/[|)]/.test(this.source[this.at] ?? '')) of.push(this.repeated());
    return { kind: 'sequence', of };
  }

  private repeated(): Node {
    const of = this.atom();
    const [text, symbol = '', from = '', comma, to = ''] = this.match(/([*+?])|\{(\d+)(,)?(\d*)\}/y) ?? [];
    if (text === undefined) return of;
    // A lazy repetition finds another match, but none where there is none.
    this.take('?');
    const [least, most] =
      symbol !== '' ? rangeOf(symbol) : [Number(from), comma ? Number(to || 'Infinity') : Number(from)];
    if (least > most || least > mostRepetitions || (most > mostRepetitions && most !== Infinity))
      throw this.refused(`"${text}" is no range of repetitions up to ${mostRepetitions}`);
    if (this.match(/[*+?]|\{\d/y)) throw this.refused(`there is nothing to repeat after "${text}"`);
    return { kind: 'repeat', of, least, most };
  }

  private atom(): Node {
    if (this.take('(')) return this.group();
    if (this.take('^')) return { kind: 'start' };
    if (this.take('$')) return { kind: 'end' };
    if (this.match(/[*+?]|\{\d/y)) throw this.refused('there is nothing to repeat');
    if (this.match(/\\[1-9]|\\k/y)) throw this.refused('backreferences are not taken');
    if (this.match(/\\b/iy)) throw this.refused('word boundaries are not taken');
    const [text] =
      this.match(
        /\\[pP]\{[^{}]*\}|\\u\{[0-9a-fA-F]+\}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\[^]|\[(?:\\[^]|[^\]\\])*\]|[^[\\]/uy,
      ) ?? [];
    if (text === undefined) throw this.refused('a class or an escape that does not end');
    return { kind: 'character', matches: this.oneCharacter(text) };
  }

  private group(): Node {
    if (this.match(/\?<?[=!]/y)) throw this.refused('look-around is not taken');
    this.match(/\?:|\?<[A-Za-z_]\w*>/y);
    if (this.source[this.at] === '?') throw this.refused('a group of an unknown kind');
    const node = this.choice();
    if (!this.take(')')) throw this.refused('"(" without ")"');
    return node;
  }

  private oneCharacter(text: string): (character: string) => boolean {
    if (/^[{}\]]$/.test(text)) return (character) => character === text;
    try {
      const own = new RegExp(`^(?:${text})$`, this.ignoreCase ? 'ui' : 'u');
      const known = new Map<string, boolean>();
      return (character) => {
        const before = known.get(character);
        if (before !== undefined) return before;
        const isMatch = own.test(character);
        known.set(character, isMatch);
        return isMatch;
      };
    } catch {
      throw this.refused(`"${text}" matches no character`);
    }
  }

  private take(character: string): boolean {
    if (this.source[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private match(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.source);
    if (found === null) return undefined;
    this.at = sticky.lastIndex;
    return found;
  }

  private refused(problem: string): HoldfastError {
    return refusedPattern(this.source, `${problem}, at character ${this.at + 1}`);
  }
}

function rangeOf(symbol: string): [number, number] {
  return symbol === '*' ? [0, Infinity] : symbol === '+' ? [1, Infinity] : [0, 1];
}

/** Writes a tree out as instructions, one after the other. */
class Program {
  readonly instructions: (Exclude<Instruction, { kind: 'fork' }> | Fork)[] = [];

  constructor(private readonly source: string) {}

  add(node: Node): void {
    if (node.kind === 'sequence') node.of.forEach((one) => this.add(one));
    else if (node.kind === 'choice') this.addChoice(node.of);
    else if (node.kind === 'repeat') this.addRepeat(node);
    else if (node.kind === 'character') this.push({ kind: 'character', matches: node.matches });
    else this.push({ kind: node.kind });
  }

  end(): Pattern {
    this.push({ kind: 'match' });
    return this.instructions;
  }

  private addChoice(branches: readonly Node[]): void {
    const opening = this.fork();
    const ends = branches.map((branch) => {
      this.goHere(opening);
      this.add(branch);
      return this.fork();
    });
    for (const end of ends) this.goHere(end);
  }

  private addRepeat({ of, least, most }: Extract<Node, { kind: 'repeat' }>): void {
    for (let index = 0; index < least; index++) this.add(of);
    if (most === Infinity) {
      const from = this.instructions.length;
      const loop = this.fork();
      this.goHere(loop);
      this.add(of);
      this.fork().to.push(from);
      this.goHere(loop);
      return;
    }
    const skips = Array.from({ length: most - least }, () => {
      const skip = this.fork();
      this.goHere(skip);
      this.add(of);
      return skip;
    });
    for (const skip of skips) this.goHere(skip);
  }

  private fork(): Fork {
    const fork: Fork = { kind: 'fork', to: [] };
    this.push(fork);
    return fork;
  }

  private goHere(fork: Fork): void {
    fork.to.push(this.instructions.length);
  }

  private push(instruction: Program['instructions'][number]): void {
    if (this.instructions.length >= mostInstructions)
      throw refusedPattern(this.source, 'it is too large once its repetitions are written out');
    this.instructions.push(instruction);
  }
}

function refusedPattern(source: string, problem: string): HoldfastError {
  return new HoldfastError(
    'Config.Invalid',
    `the pattern ${JSON.stringify(source.slice(0, 80))} cannot be used: ${problem}`,
  );
}
