/** YAML text into plain data, or the problems that prevent it, each with its line and column. */
import { LineCounter, parseDocument, visit, type Document } from 'yaml';
import type { Problem } from './problems';

/** A configuration is a few kilobytes; anything of this size is another file. */
export const largestFileBytes = 1024 * 1024;
/** Aliases may be used, a tower of them that unfolds into gigabytes may not. */
const mostAliases = 100;

export type ParsedYaml =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problems: readonly Problem[] };

export function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter();
  // Without pretty errors: those quote the source line, and a source line may hold a secret.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    resolveKnownTags: false,
  });
  const at = (offset: number, what: string): Problem => {
    const { line, col } = lines.linePos(offset);
    return { path: [], text: `line ${line}, column ${col}: ${what}` };
  };
  const problems = [...document.errors, ...document.warnings].map((error) => at(error.pos[0], error.message));
  problems.push(...prototypeKeysIn(document).map((offset) => at(offset, 'the key "__proto__" is not allowed')));
  if (problems.length > 0) return { ok: false, problems };
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: mostAliases }) as unknown };
  } catch (error) {
    // Unknown and exploding aliases are only found now.
    return { ok: false, problems: [{ path: [], text: (error as Error).message }] };
  }
}

/** Offsets of `__proto__` keys. Validation of maps with free names skips them in silence, so they are refused here. */
function prototypeKeysIn(document: Document.Parsed): number[] {
  const offsets: number[] = [];
  visit(document, {
    Scalar: (role, node) => {
      if (role === 'key' && node.value === '__proto__') offsets.push(node.range?.[0] ?? 0);
    },
  });
  return offsets;
}
