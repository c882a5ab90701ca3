/**
 * Answers that are right: whoever knows them tells the simulator, so that what a model gets wrong can be set, and what a
 * pipeline makes of it can be measured. Prompts without one are answered as always, out of their own words.
 */
import { InputError, isRecord, joinPath, readNumber, readRecord, readText } from '../read-input';
import type { InputRecord } from '../read-input';
import { createRandom } from '../random';
import { spoilAnswer } from './spoil-answer';
import type { AnswerQuality } from './spoil-answer';
import type { WritingTask } from './write-answer';

export interface KnownAnswersInput {
  /** `text` stands in the user's messages as it is, in those of no other answer; `answer` is an object of the schema asked for. */
  readonly answers: readonly { readonly text: string; readonly answer: InputRecord }[];
  /** By model; `*` for the others. */
  readonly quality?: Readonly<Record<string, Partial<AnswerQuality>>>;
}

const perfect: AnswerQuality = { wrong: 0, missing: 0, noticed: 1, doubted: 0 };

export class KnownAnswers {
  private answers: KnownAnswersInput['answers'] = [];
  private quality: Readonly<Record<string, AnswerQuality>> = {};

  /** In place of what was known before. Throws `InputError`. */
  replace(value: unknown): number {
    const { answers, quality = {} } = readRecord(value, '', ['answers', 'quality']);
    if (!Array.isArray(answers)) throw new InputError('answers', 'expected a list');
    if (!isRecord(quality)) throw new InputError('quality', 'expected an object of models and their shares');
    const read = answers.map((item: unknown, index) => readAnswer(item, joinPath('answers', index)));
    const shares = Object.entries(quality).map(([model, given]) => [
      model,
      readQuality(given, joinPath('quality', model)),
    ]);
    this.answers = read;
    this.quality = Object.fromEntries(shares) as Record<string, AnswerQuality>;
    return read.length;
  }

  /** As JSON text; undefined: nobody has told. The same task and seed give the same answer. */
  answerTo({ messages, schema }: WritingTask, { model, seed }: { model: string; seed: string }): string | undefined {
    if (schema === undefined || this.answers.length === 0) return undefined;
    const asked = messages.filter(({ role }) => role === 'user').map(({ text }) => text);
    const known = this.answers.find(({ text }) => asked.some((one) => one.includes(text)));
    if (known === undefined) return undefined;
    const quality = this.quality[model] ?? this.quality['*'] ?? perfect;
    return JSON.stringify(spoilAnswer(known.answer, { schema, quality, random: createRandom(seed, 'known') }));
  }
}

function readAnswer(value: unknown, field: string): KnownAnswersInput['answers'][number] {
  const { text, answer } = readRecord(value, field, ['text', 'answer']);
  if (!isRecord(answer)) throw new InputError(joinPath(field, 'answer'), 'expected an object');
  return { text: readText(text, joinPath(field, 'text')), answer };
}

function readQuality(value: unknown, field: string): AnswerQuality {
  const input = { ...perfect, ...readRecord(value, field, Object.keys(perfect)) };
  const share = (name: keyof AnswerQuality): number =>
    readNumber(input[name], joinPath(field, name), { min: 0, max: 1 });
  return { wrong: share('wrong'), missing: share('missing'), noticed: share('noticed'), doubted: share('doubted') };
}
