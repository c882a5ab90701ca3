/** What files and code define, checked against each other: settings, prompts, output schemas. Connects to nothing. */
import * as z from 'zod';
import { issuesOf } from '../activities/check-answer';
import type { SchemaDefinition } from '../contracts/app';
import { checkAnswers } from '../config/check-answers';
import { checkReferences } from '../config/check-references';
import { deepFreeze } from '../config/deep-freeze';
import { loadApp } from '../config/load-app';
import { loadSettings } from '../config/load-settings';
import type { Settings } from '../contracts/settings';
import type { PromptLibrary } from '../prompts/library';
import { loadPrompts } from '../prompts/load-prompts';
import { createSchemaRegistry } from '../schemas';
import type { SchemaRegistry } from '../schemas/registry';
import type { WorkerEnvironment } from './worker-environment';

export interface Definitions {
  /** With the warnings that only prompts and configuration together give. */
  readonly settings: Settings;
  readonly prompts: PromptLibrary;
  readonly schemas: SchemaRegistry;
}

/** Output schemas by name. */
export type OwnSchemas = Readonly<Record<string, SchemaDefinition>>;

/**
 * With the schemas of the app that `HOLDFAST_APP` names, and `own`.
 * Throws `Config.Invalid` with everything that is wrong in one of the files, or between them.
 */
export function readDefinitions(
  { configFile, promptsDirectory }: Pick<WorkerEnvironment, 'configFile' | 'promptsDirectory'>,
  environment: NodeJS.ProcessEnv,
  own: OwnSchemas = {},
): Definitions {
  const app = loadApp(environment);
  const settings = loadSettings({ file: configFile, environment });
  const prompts = loadPrompts(promptsDirectory);
  const schemas = createSchemaRegistry(z, { ...app?.schemas, ...own } as Record<string, z.ZodType>, {
    // Its worker runs its own pipelines, not the shipped ones.
    replacesShipped: app !== undefined,
  });
  const isKnown = (ref: string): boolean => prompts.refs.includes(ref);
  const warnings = checkReferences(settings, {
    variantsOf: (ref) => (isKnown(ref) ? prompts.variantsOf(ref) : undefined),
    schemaOfPrompt: (ref) => (isKnown(ref) ? prompts.get(ref, 'default').schema : undefined),
    schemaExists: (name) => schemas.names.includes(name),
  });
  checkAnswers(settings, {
    problemOf: (output, value) => issuesOf(schemas, output, value)?.split('\n')[0],
    variablesOf: (ref) => prompts.get(ref, 'default').variables,
  });
  return { settings: deepFreeze({ ...settings, warnings: [...settings.warnings, ...warnings] }), prompts, schemas };
}
