/**
 * Input tokens of a request before it is sent: by OpenAI's own tokenizer, never below a quarter of the characters.
 *
 * The tokenizer needs quadratic time for an unbroken run of letters, blanks or signs (64,000 Chinese characters without
 * a space took 25 s), so long runs are cut. Of long texts only evenly spread samples are counted. Both err by one or
 * two per cent, to the safe side; no text takes more than some tens of milliseconds.
 */
import type * as Encoder from 'gpt-tokenizer/encoding/o200k_base';
import type { ModelMessage, ModelRequest, ToolDefinition } from '../contracts/model';

/** Work spent on one text, in characters of English: about 5 ms. */
const workPerText = 65_536;
/** Work of a character outside ASCII: it is two or three bytes to merge, and its words repeat less. */
const wideCharWork = 4;
const samples = 32;
/** A run of one kind of character is cut here: below 256 the quadratic part does not show. */
const longestRunChars = 64;
/** What sampling may miss. */
const sampleMargin = 1.02;
/** Markers and separators around each message, tool call and tool, and the opening of the answer. */
const tokensPerMessage = 4;
const tokensPerRequest = 3;
const charsPerToken = 4;

let encoder: typeof Encoder | undefined;

/** Loading takes about 0.35 s and 75 MB, so it happens on first use and once per process. */
export function loadEncoder(): typeof Encoder {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it wherever costs are named
  encoder ??= require('gpt-tokenizer/encoding/o200k_base') as typeof Encoder;
  return encoder;
}

/**
 * Input tokens of the text of a request, rounded up: instructions, messages, tool calls and their results, tools and
 * output schema. Attachments are not text (estimate-attachments.ts).
 */
export function estimateTokens({ system = '', messages, output, tools = [] }: ModelRequest): number {
  const schema = output === undefined ? [] : [output.name, JSON.stringify(output.schema)];
  const texts = [system, ...messages.flatMap(textsOf), ...schema, ...tools.map(textOfTool)];
  const content = texts.reduce((sum, text) => sum + textTokens(text), 0);
  const calls = messages.reduce((sum, message) => sum + callsOf(message).length, 0);
  const marked = 1 + messages.length + calls + tools.length;
  return content + carriedTokens(messages) + marked * tokensPerMessage + tokensPerRequest;
}

function textsOf(message: ModelMessage): string[] {
  if (message.role === 'tool') return [message.name, message.content];
  return [message.content, ...callsOf(message).map(({ name, arguments: given }) => `${name} ${JSON.stringify(given)}`)];
}

function callsOf(message: ModelMessage) {
  return message.role === 'assistant' ? (message.toolCalls ?? []) : [];
}

function textOfTool({ name, description, inputSchema }: ToolDefinition): string {
  return `${name} ${description} ${JSON.stringify(inputSchema)}`;
}

/** What a provider sees again of its own is mostly encrypted thought: longer than it was, and never text for a tokenizer. */
function carriedTokens(messages: readonly ModelMessage[]): number {
  const carried = messages.flatMap((message) => (message.role === 'assistant' && message.carried) || []);
  return carried.reduce((sum, { data }) => sum + Math.ceil(JSON.stringify(data).length / charsPerToken), 0);
}

function textTokens(text: string): number {
  const work = workOf(text);
  const counted = work <= workPerText ? countTokens(text) : sampleTokens(text, workPerText / work);
  return Math.max(counted, Math.ceil(text.length / charsPerToken));
}

function workOf(text: string): number {
  let wideChars = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > lastAscii) wideChars += 1;
  return text.length + wideChars * (wideCharWork - 1);
}

/** Counts a share of the text in samples that are spread evenly, so that each part of a mixed text is heard. */
function sampleTokens(text: string, share: number): number {
  const sampleChars = Math.floor((text.length * share) / samples);
  const strideChars = (text.length - sampleChars) / (samples - 1);
  let tokens = 0;
  for (let i = 0; i < samples; i++) {
    const from = Math.floor(i * strideChars);
    tokens += countTokens(text.slice(from, from + sampleChars));
  }
  return Math.ceil((tokens / (samples * sampleChars)) * text.length * sampleMargin);
}

function countTokens(text: string): number {
  const { countTokens: count } = loadEncoder();
  // By default a text that spells a control token, such as <|endoftext|>, is refused; here it is only text.
  const asText = { disallowedSpecial: new Set<string>() };
  let tokens = 0;
  for (const piece of cutLongRuns(text)) tokens += count(piece, asText);
  return tokens;
}

/** The text in order, cut wherever one kind of character goes on for too long. */
export function cutLongRuns(text: string): readonly string[] {
  const pieces: string[] = [];
  let pieceStart = 0;
  let runStart = 0;
  let runKind = -1;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const kind = kindOf(code);
    const isLowSurrogate = code >= 0xdc00 && code <= 0xdfff;
    if (kind !== runKind) {
      runStart = i;
      runKind = kind;
    } else if (i - runStart >= longestRunChars && !isLowSurrogate) {
      pieces.push(text.slice(pieceStart, i));
      pieceStart = i;
      runStart = i;
    }
  }
  pieces.push(text.slice(pieceStart));
  return pieces;
}

const lastAscii = 0x7f;
const blank = 0;
const sign = 1;
const letter = 2;

/** Coarser than the tokenizer's own classes: a run here is at least as long as one there. */
function kindOf(code: number): number {
  if (code === 0x20 || (code >= 0x09 && code <= 0x0d)) return blank;
  if (code > lastAscii) return letter;
  const isLetter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
  return isLetter ? letter : sign;
}
