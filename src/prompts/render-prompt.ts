import { HoldfastError } from '../errors';
import type { JsonObject, JsonValue } from '../contracts/json';
import type { ModelMessage } from '../contracts/model';
import { fence } from './fence';
import type { RenderedPrompt } from './library';
import type { PromptFile, PromptSection } from './parse-prompt';
import { renderEach, renderValue } from './template';
import type { TemplatePart } from './template';

export interface RenderInput {
  /** `name@version/variant`, for messages. */
  readonly label: string;
  readonly prompt: PromptFile;
  readonly variables: JsonObject;
  readonly fenceKey: string;
}

/** Throws `Llm.BadRequest` naming prompt and variable. A value is never read as a template itself. */
export function renderPrompt(input: RenderInput): RenderedPrompt {
  checkVariables(input);
  const { sections } = input.prompt;
  const system = sections.find(({ role }) => role === 'system');
  const messages = sections.flatMap((section): ModelMessage[] =>
    section.role === 'system' ? [] : [{ role: section.role, content: renderSection(section, input) }],
  );
  return { ...(system === undefined ? {} : { system: renderSection(system, input) }), messages };
}

function checkVariables({ label, prompt, variables }: RenderInput): void {
  for (const name of prompt.variables) {
    if (valueOf(variables, name) === undefined) throw refused(label, name, 'is missing');
  }
  for (const name of Object.keys(variables)) {
    if (!prompt.variables.includes(name) && variables[name] !== undefined) {
      throw refused(label, name, `is unknown (known: ${prompt.variables.join(', ') || 'none'})`);
    }
  }
}

function renderSection({ parts }: PromptSection, input: RenderInput): string {
  return parts
    .map((part) => (part.kind === 'text' ? part.text : renderPart(part, input)))
    .join('')
    .trim();
}

function renderPart(part: Exclude<TemplatePart, { kind: 'text' }>, input: RenderInput): string {
  const { label, prompt, variables, fenceKey } = input;
  // Checked above: every declared variable is there.
  const value = valueOf(variables, part.name) as JsonValue;
  const text = part.kind === 'variable' ? renderValue(value) : renderList(part, value, label);
  if (!prompt.untrusted.includes(part.name)) return text;
  const fenced = fence(part.name, text, fenceKey);
  // A list took the ends of its lines with it.
  return part.kind === 'each' ? `${fenced}\n` : fenced;
}

function renderList(part: Extract<TemplatePart, { kind: 'each' }>, value: JsonValue, label: string): string {
  const rendered = renderEach(part.item, value);
  if ('problem' in rendered) throw refused(label, part.name, rendered.problem);
  return rendered.text;
}

function valueOf(variables: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(variables, name) ? variables[name] : undefined;
}

function refused(label: string, variable: string, problem: string): HoldfastError {
  return new HoldfastError('Llm.BadRequest', `prompt ${label}: variable "${variable}" ${problem}`, { variable });
}
