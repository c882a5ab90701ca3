/** Asks for a decision in the terminal. The question ends by itself when somebody decides elsewhere. */
import { createInterface } from 'node:readline/promises';
import type { Interface } from 'node:readline/promises';
import type { DecisionInput, DecisionKind, PendingApproval } from '../../contracts/approval';
import type { JsonValue } from '../../contracts/json';
import { renderReview, isDraft } from './render-review';
import { widthOf } from '../view/stream-width';
import { createStyle } from '../view/style';
import { printable } from '../view/text';

export interface AskOptions {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  /** Who decides. */
  readonly by: string;
  readonly elsewhere: AbortSignal;
}

export type TypedDecision = Omit<DecisionInput, 'approval'>;

/** Undefined when the question ended without an answer: decided elsewhere, or the input is over (Ctrl-D). */
export async function askDecision(approval: PendingApproval, options: AskOptions): Promise<TypedDecision | undefined> {
  const { input, output, elsewhere } = options;
  const style = createStyle(output);
  const width = widthOf(output, 100);
  for (const line of renderReview(approval, { width, style })) output.write(`${line}\n`);
  const terminal = createInterface({ input, output, historySize: 0 });
  const over = new AbortController();
  terminal.once('close', () => over.abort());
  // In raw mode Ctrl-C is a character: make it a signal again.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return await new Dialogue(terminal, options, AbortSignal.any([elsewhere, over.signal])).decide(approval);
  } catch (error) {
    if (elsewhere.aborted || over.signal.aborted) return undefined;
    throw error;
  } finally {
    terminal.close();
  }
}

/** As much of the word is enough as tells it from the others. */
export function readAnswer(answer: string, allowed: readonly DecisionKind[]): DecisionKind | undefined {
  const typed = answer.trim().toLowerCase();
  const [kind, ...others] = typed === '' ? [] : allowed.filter((allowedKind) => allowedKind.startsWith(typed));
  return others.length === 0 ? kind : undefined;
}

/** `[a]pprove`, or `[ap]prove` beside `[an]swer`. */
function choiceOf(kind: DecisionKind, allowed: readonly DecisionKind[]): string {
  const enough = [...kind].findIndex((_, index) => readAnswer(kind.slice(0, index + 1), allowed) === kind) + 1;
  return `[${kind.slice(0, enough)}]${kind.slice(enough)}`;
}

function valueOf(typed: string): JsonValue {
  try {
    return JSON.parse(typed) as JsonValue;
  } catch {
    return typed;
  }
}

class Dialogue {
  constructor(
    private readonly terminal: Interface,
    private readonly options: AskOptions,
    private readonly over: AbortSignal,
  ) {}

  async decide(approval: PendingApproval): Promise<TypedDecision> {
    const allowed = approval.allow.filter((kind) => kind !== 'edit' || isDraft(approval.show));
    const choices = allowed.map((kind) => choiceOf(kind, allowed)).join('  ');
    for (;;) {
      const kind = readAnswer(await this.ask(`${choices} > `), allowed);
      if (kind === 'approve') return { outcome: 'approved', by: this.options.by };
      if (kind === 'reject') return this.reject();
      if (kind === 'answer') return this.answer();
      const edited = kind === 'edit' ? await this.edit(approval.show) : undefined;
      if (edited !== undefined) return { outcome: 'edited', by: this.options.by, content: edited };
    }
  }

  private async reject(): Promise<TypedDecision> {
    const comment = (await this.ask('why (Enter for no comment) > ')).trim();
    return { outcome: 'rejected', by: this.options.by, ...(comment === '' ? {} : { comment }) };
  }

  /** What is JSON is taken as such, the rest as the text it is. */
  private async answer(): Promise<TypedDecision> {
    const typed = (await this.ask('answer > ')).trim();
    return { outcome: 'answered', by: this.options.by, answer: valueOf(typed) };
  }

  /** Title and abstract; the rest is edited in a file and given to `holdfast approve --edit`. */
  private async edit(shown: JsonValue): Promise<JsonValue | undefined> {
    if (!isDraft(shown)) return undefined;
    const title = await this.amend('title', shown.title);
    const abstract = await this.amend('abstract', shown.abstract);
    if (title === shown.title && abstract === shown.abstract) {
      this.options.output.write('nothing was changed\n');
      return undefined;
    }
    return { ...(shown as unknown as { [key: string]: JsonValue }), title, abstract };
  }

  /** The present text stands on the line, to be changed in place; an emptied line keeps it. */
  private async amend(field: string, text: string): Promise<string> {
    const line = printable(text);
    const answer = this.ask(`${field}, Enter when done > `);
    if (this.options.output.isTTY) this.terminal.write(line);
    const typed = (await answer).trim();
    return typed === '' || typed === line ? text : typed;
  }

  private ask(question: string): Promise<string> {
    return this.terminal.question(question, { signal: this.over });
  }
}
