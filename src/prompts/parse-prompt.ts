/** One prompt file: YAML front matter, then `# system`, `# user` and `# assistant` sections. */
import { parseDocument } from 'yaml';
import { reasoningEfforts } from '../contracts/settings';
import type { ModelParameters } from '../contracts/settings';
import { parseTemplate } from './template';
import type { TemplatePart } from './template';

export type SectionRole = 'system' | 'user' | 'assistant';

export interface PromptSection {
  readonly role: SectionRole;
  readonly parts: readonly TemplatePart[];
}

export interface PromptFile {
  readonly variables: readonly string[];
  readonly untrusted: readonly string[];
  /** Name of the output schema the text was written for. */
  readonly schema?: string;
  readonly parameters: Partial<ModelParameters>;
  readonly sections: readonly PromptSection[];
}

export interface ParsedPrompt {
  readonly prompt: PromptFile;
  /** Each starts with its path in the file, e.g. `untrusted.1: …`. Empty when the prompt can be used. */
  readonly problems: readonly string[];
}

type FrontMatter = Omit<PromptFile, 'sections'>;

const noFrontMatter: FrontMatter = { variables: [], untrusted: [], parameters: {} };

export function parsePrompt(text: string): ParsedPrompt {
  const problems: string[] = [];
  const [, yaml, body] =
    /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text.replace(/^\uFEFF/, '').replace(/\r\n/g, '\n')) ?? [];
  if (yaml === undefined || body === undefined) {
    return {
      prompt: { ...noFrontMatter, sections: [] },
      problems: ['front matter: the file must begin with a block between two lines "---"'],
    };
  }
  const front = readFrontMatter(yaml, problems);
  const sections = readSections(body, problems);
  checkUse(front, sections, problems);
  return { prompt: { ...front, sections }, problems };
}

function readFrontMatter(yaml: string, problems: string[]): FrontMatter {
  const document = parseDocument(yaml);
  const [error] = document.errors;
  if (error !== undefined) {
    problems.push(`front matter: ${error.message.split('\n')[0] ?? 'is not YAML'}`);
    return noFrontMatter;
  }
  const front: unknown = document.toJS() ?? {};
  if (!isRecord(front)) {
    problems.push(`front matter: expected keys and values, received ${show(front)}`);
    return noFrontMatter;
  }
  problems.push(...unknownKeys(front, ['variables', 'untrusted', 'schema', 'parameters']));
  const variables = readNames(front['variables'], 'variables', problems);
  const untrusted = readNames(front['untrusted'], 'untrusted', problems);
  for (const [index, name] of untrusted.entries()) {
    if (!variables.includes(name)) problems.push(`untrusted.${index}: "${name}" is not among the variables`);
  }
  const schema = readSchema(front['schema'], problems);
  return {
    variables,
    untrusted,
    ...(schema === undefined ? {} : { schema }),
    parameters: readParameters(front['parameters'], problems),
  };
}

function readSchema(value: unknown, problems: string[]): string | undefined {
  if (value === undefined || (typeof value === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(value))) return value;
  problems.push(`schema: expected the name of an output schema, received ${show(value)}`);
  return undefined;
}

function readNames(value: unknown, path: string, problems: string[]): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    problems.push(`${path}: expected a list of names, received ${show(value)}`);
    return [];
  }
  return value.filter((name: unknown, index): name is string => {
    const isName = typeof name === 'string' && /^[A-Za-z][A-Za-z0-9_]*$/.test(name);
    if (!isName) problems.push(`${path}.${index}: expected a name of letters, digits and _, received ${show(name)}`);
    else if (value.indexOf(name) !== index) problems.push(`${path}.${index}: "${name}" is there twice`);
    return isName;
  });
}

const parameterRules = {
  maxOutputTokens: {
    fits: (value) => Number.isInteger(value) && Number(value) >= 1,
    expected: 'a positive whole number',
  },
  temperature: {
    fits: (value) => typeof value === 'number' && value >= 0 && value <= 2,
    expected: 'a number from 0 to 2',
  },
  seed: { fits: (value) => Number.isInteger(value), expected: 'a whole number' },
  reasoningEffort: {
    fits: (value) => reasoningEfforts.some((effort) => effort === value),
    expected: `one of ${reasoningEfforts.join(', ')}`,
  },
} as const satisfies Record<keyof ModelParameters, { fits(value: unknown): boolean; expected: string }>;

function readParameters(value: unknown, problems: string[]): Partial<ModelParameters> {
  if (value === undefined) return {};
  if (!isRecord(value)) {
    problems.push(`parameters: expected keys and values, received ${show(value)}`);
    return {};
  }
  problems.push(...unknownKeys(value, Object.keys(parameterRules)).map((problem) => `parameters.${problem}`));
  const parameters: Record<string, unknown> = {};
  for (const [name, { fits, expected }] of Object.entries(parameterRules)) {
    const own = value[name];
    if (own === undefined) continue;
    if (fits(own)) parameters[name] = own;
    else problems.push(`parameters.${name}: expected ${expected}, received ${show(own)}`);
  }
  return parameters;
}

function readSections(body: string, problems: string[]): PromptSection[] {
  const [before = '', ...rest] = body.split(/^# (system|user|assistant)[ \t]*$/m);
  if (before.trim() !== '')
    problems.push(`body: text before the first "# system" or "# user" line: ${show(before.trim())}`);
  const sections: PromptSection[] = [];
  for (let index = 0; index < rest.length; index += 2) {
    const role = rest[index] as SectionRole;
    const text = (rest[index + 1] ?? '').trim();
    if (text === '') problems.push(`# ${role}: the section is empty`);
    const template = parseTemplate(text);
    problems.push(...template.problems.map((problem) => `# ${role}: ${problem}`));
    sections.push({ role, parts: template.parts });
  }
  checkOrder(
    sections.map(({ role }) => role),
    problems,
  );
  return sections;
}

/** What every provider takes: the system text first, then user and assistant in turn, a user's message last. */
function checkOrder(roles: readonly SectionRole[], problems: string[]): void {
  const turns = roles[0] === 'system' ? roles.slice(1) : roles;
  const isInTurn = turns.every((role, index) => role === (index % 2 === 0 ? 'user' : 'assistant'));
  if (isInTurn && turns.length % 2 === 1) return;
  const order = roles.length === 0 ? 'no sections' : roles.map((role) => `# ${role}`).join(', ');
  problems.push(
    `body: expected "# system" (optional), then "# user" and "# assistant" in turn, "# user" last; received ${order}`,
  );
}

function checkUse(front: FrontMatter, sections: readonly PromptSection[], problems: string[]): void {
  const used = new Set<string>();
  for (const { role, parts } of sections) {
    for (const part of parts) {
      if (part.kind === 'text') continue;
      used.add(part.name);
      if (!front.variables.includes(part.name))
        problems.push(`# ${role}: {{${part.name}}} is not declared in variables`);
      if (!front.untrusted.includes(part.name)) continue;
      if (role !== 'user')
        problems.push(`# ${role}: {{${part.name}}} is untrusted and may stand in a user section only`);
      else if (!part.isOwnLine)
        problems.push(`# ${role}: {{${part.name}}} is untrusted and must stand on lines of its own`);
    }
  }
  for (const [index, name] of front.variables.entries()) {
    if (!used.has(name)) problems.push(`variables.${index}: "${name}" is not used in the body`);
  }
}

function unknownKeys(value: Readonly<Record<string, unknown>>, known: readonly string[]): string[] {
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => `${key}: unknown key (known: ${known.join(', ')}), received ${show(value[key])}`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
