import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { canonicalJson } from '../contracts/json';
import type { JsonObject, JsonValue } from '../contracts/json';
import { HoldfastError } from '../errors';
import { defineAgentSchemas } from './agent-schemas';
import { defineBankingSchemas } from './banking-schemas';
import { defineDocumentSchemas } from './document-schemas';
import { defineEvalSchemas } from './eval-schemas';
import { createSchemaCheck, listIssues } from './check-value';
import { readJson } from './read-json';
import type { OutputSchema, ParsedOutput, SchemaRegistry } from './registry';
import { defineResearchSchemas } from './research-schemas';
import { defineSupportSchemas } from './support-schemas';
import { toProviderSchema } from './to-provider-schema';
import type { Zod } from './zod';

/**
 * The schemas of the shipped pipelines and your own: `createSchemaRegistry(z, { Invoice: z.strictObject({ … }) })`.
 *
 * @param own - schemas by the name that `output` of a step uses, `[A-Za-z0-9_-]{1,64}`
 * @param options - `replacesShipped`: a shipped schema gives way to one of the same name. Default false.
 * Throws `Config.Invalid` for a name that is taken or malformed, and for a schema that providers would refuse: every
 * object closed, every key required, no transforms.
 */
export function createSchemaRegistry(
  z: Zod,
  own: Readonly<Record<string, z.ZodType>> = {},
  { replacesShipped = false }: { readonly replacesShipped?: boolean } = {},
): SchemaRegistry {
  const schemas = new Map<string, OutputSchema>();
  const shipped = shippedSchemas(z).filter(([name]) => !replacesShipped || !Object.hasOwn(own, name));
  for (const [name, schema] of [...shipped, ...Object.entries(own)]) {
    if (schemas.has(name)) throw invalid(name, 'there is a schema of this name already');
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) throw invalid(name, 'a name has 1 to 64 letters, digits, _ or -');
    schemas.set(name, createOutputSchema(z, name, schema));
  }
  const names = [...schemas.keys()];
  return {
    names,
    problemOf: createSchemaCheck(z),
    get(name) {
      const schema = schemas.get(name);
      if (schema === undefined) throw invalid(name, `there is no such schema (known: ${names.join(', ')})`);
      return schema;
    },
  };
}

function shippedSchemas(z: Zod): [string, z.ZodType][] {
  return Object.entries<z.ZodType>({
    ...defineResearchSchemas(z),
    ...defineDocumentSchemas(z),
    ...defineSupportSchemas(z),
    ...defineBankingSchemas(z),
    ...defineEvalSchemas(z),
    ...defineAgentSchemas(z),
  });
}

function createOutputSchema(z: Zod, name: string, schema: z.ZodType): OutputSchema {
  const { schema: jsonSchema, problems } = toProviderSchema(describe(z, name, schema));
  if (problems.length > 0) throw invalid(name, problems.join('; '));
  return {
    name,
    jsonSchema,
    hash: createHash('sha256').update(canonicalJson(jsonSchema)).digest('hex'),
    parse: (text) => parseOutput(schema, text),
  };
}

function describe(z: Zod, name: string, schema: z.ZodType): JsonObject {
  try {
    return z.toJSONSchema(schema, { target: 'draft-2020-12' }) as JsonObject;
  } catch (error) {
    throw invalid(name, error instanceof Error ? error.message : String(error));
  }
}

function parseOutput(schema: z.ZodType, text: string): ParsedOutput {
  const read = readJson(text);
  if (!read.ok) return { ok: false, issues: read.issue };
  const parsed = schema.safeParse(read.value);
  return parsed.success
    ? { ok: true, value: parsed.data as JsonValue }
    : { ok: false, issues: listIssues(parsed.error.issues) };
}

function invalid(name: string, problem: string): HoldfastError {
  return new HoldfastError('Config.Invalid', `output schema "${name}": ${problem}`);
}
