/** The words of an answer: JSON of the schema that was asked for, or plain paragraphs, drawn from the prompt. */
import { createRandom } from '../random';
import type { InputRecord } from '../read-input';
import { countTokens } from '../tokenizer';
import type { ChatMessage } from '../wire/wire-format';
import { fillSchema } from './fill-schema';
import { mentionsOf } from './mentions';
import { readMaterial } from './read-material';
import { Writer } from './writer';

export interface WritingTask {
  readonly instructions: string;
  readonly messages: readonly ChatMessage[];
  readonly schema?: InputRecord;
  /** Tokens. JSON is written shorter to fit if it can be; plain text is not, and gets cut. */
  readonly outputLimit: number;
}

/** From as long as usual to as short as the schema lets it be. */
const generosities = [1, 0.5, 0] as const;
const plainParagraphs = 3;

/** The same task and seed give the same text. */
export function writeAnswer(task: WritingTask, seed: string): string {
  const { instructions, messages, schema, outputLimit } = task;
  const userTexts = messages.filter((message) => message.role === 'user').map((message) => message.text);
  const toolTexts = messages.filter((message) => message.role === 'tool').map((message) => message.text);
  const material = readMaterial(instructions, [...userTexts, ...toolTexts]);
  const mentions = mentionsOf(messages);
  if (schema === undefined) {
    const writer = new Writer(material, createRandom(seed), { generosity: 1 });
    const paragraphs = Array.from({ length: plainParagraphs }, () => writer.paragraph());
    return [...mentions, ...new Set(paragraphs)].join('\n\n');
  }
  let text = '';
  for (const generosity of generosities) {
    const random = createRandom(seed);
    const writer = new Writer(material, random, { generosity, mentions });
    text = JSON.stringify(fillSchema({ root: schema, writer, random, generosity }));
    if (countTokens(text) <= outputLimit) break;
  }
  return text;
}
