/**
 * Reads every prompt below a folder once, when a worker starts: a mistake shows then, and not in the first call that
 * meets it. `<name>/<version>/<variant>.md`; the name may have several parts. Dot files and README.md are left alone.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { HoldfastError } from '../errors';
import type { Prompt, PromptLibrary } from './library';
import { parsePrompt } from './parse-prompt';
import type { PromptFile } from './parse-prompt';
import { renderPrompt } from './render-prompt';

interface LoadedPrompt {
  /** Path below the prompt folder. */
  readonly path: string;
  readonly prompt: Prompt;
  readonly file: PromptFile;
}

/** Variants by ref. */
type Prompts = ReadonlyMap<string, ReadonlyMap<string, LoadedPrompt>>;

const placement = /^(.+)\/([A-Za-z0-9._-]+)\/([A-Za-z0-9_-]+)\.md$/;

/** Throws one `Config.Invalid` that lists all problems of all files, each with file, path and value. */
export function loadPrompts(directory: string): PromptLibrary {
  const problems: string[] = [];
  const prompts = readPrompts(directory, problems);
  for (const [ref, variants] of prompts)
    problems.push(...problemsAcross(ref, variants).map((problem) => `${directory}/${problem}`));
  if (prompts.size === 0 && problems.length === 0)
    problems.push(`${directory}: no prompts found (expected <name>/<version>/<variant>.md)`);
  if (problems.length > 0) throw new HoldfastError('Config.Invalid', problems.join('\n'), { problems });
  return createLibrary(directory, prompts);
}

function createLibrary(directory: string, prompts: Prompts): PromptLibrary {
  const refs = [...prompts.keys()].sort();
  const find = (ref: string, variant: string): LoadedPrompt => {
    const variants = prompts.get(ref);
    const found = variants?.get(variant) ?? variants?.get('default');
    if (found === undefined) throw unknownPrompt(directory, ref, refs);
    return found;
  };
  return {
    refs,
    variantsOf: (ref) => {
      const standard = find(ref, 'default').prompt.variant;
      const others = [...(prompts.get(ref)?.keys() ?? [])].filter((variant) => variant !== standard);
      return [standard, ...others.sort()];
    },
    get: (ref, variant) => find(ref, variant).prompt,
    render: ({ ref, variant }, variables, fenceKey) =>
      renderPrompt({ label: `${ref}/${variant}`, prompt: find(ref, variant).file, variables, fenceKey }),
  };
}

function readPrompts(directory: string, problems: string[]): Prompts {
  const prompts = new Map<string, Map<string, LoadedPrompt>>();
  for (const path of listFiles(directory, '')) {
    const [, name, version, variant] = placement.exec(path) ?? [];
    if (name === undefined || version === undefined || variant === undefined) {
      problems.push(`${directory}/${path}: expected prompts at <name>/<version>/<variant>.md`);
      continue;
    }
    const text = readFileSync(join(directory, path), 'utf8');
    const { prompt: file, problems: own } = parsePrompt(text);
    problems.push(...own.map((problem) => `${directory}/${path}: ${problem}`));
    const ref = `${name}@${version}`;
    const contentHash = createHash('sha256').update(text).digest('hex');
    const { variables, schema, parameters } = file;
    const prompt = { ref, variant, variables, ...(schema && { schema }), parameters, contentHash };
    const variants = prompts.get(ref) ?? new Map<string, LoadedPrompt>();
    prompts.set(ref, variants.set(variant, { path, prompt, file }));
  }
  return prompts;
}

/** `.md` files in a stable order. Symbolic links are followed: mounted configuration often consists of them. */
function listFiles(directory: string, folder: string): string[] {
  const names = readNames(join(directory, folder))
    .filter((name) => !name.startsWith('.'))
    .sort();
  return names.flatMap((name) => {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (statSync(join(directory, path)).isDirectory()) return listFiles(directory, path);
    return name.endsWith('.md') && name !== 'README.md' ? [path] : [];
  });
}

function readNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new HoldfastError(
      'Config.Invalid',
      `the prompt folder ${folder} cannot be read (${code ?? 'unknown error'})`,
    );
  }
}

/** A step passes the same variables to whichever variant its tier picks and reads the same answer, so they must agree. */
function problemsAcross(ref: string, variants: ReadonlyMap<string, LoadedPrompt>): string[] {
  const standard = variants.get('default');
  const [any] = variants.values();
  if (standard === undefined)
    return [`${any?.path.replace(/[^/]+$/, '') ?? ''}default.md: ${ref} needs a default variant`];
  return [...variants.values()].flatMap(({ path, file }) => [
    ...(['variables', 'untrusted'] as const)
      .filter((key) => [...file[key]].sort().join() !== [...standard.file[key]].sort().join())
      .map(
        (key) =>
          `${path}: ${key}: expected those of default.md (${standard.file[key].join(', ')}), received ${file[key].join(', ') || 'none'}`,
      ),
    ...(file.schema === standard.file.schema
      ? []
      : [
          `${path}: schema: expected that of default.md (${standard.file.schema ?? 'none'}), received ${file.schema ?? 'none'}`,
        ]),
  ]);
}

function unknownPrompt(directory: string, ref: string, known: readonly string[]): HoldfastError {
  const name = ref.replace(/@.*$/, '');
  const versions = known.filter((other) => other.startsWith(`${name}@`));
  const hint = `known: ${(versions.length > 0 ? versions : known).join(', ')}`;
  return new HoldfastError('Config.Invalid', `prompt ${ref} does not exist in ${directory} (${hint})`);
}
