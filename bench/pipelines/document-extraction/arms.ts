/** The ladders that are compared, as steps of a world's own config: each with the prompt and schema of `documents.extract`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { loadSettings } from '../../../src/config/load-settings';
import type { World } from '../world';

/** How long a question to a person stays open here; two days in the shipped config. */
export const humanDeadlineMs = 12_000;

const smart = { pool: 'smart' };
const mini = { pool: 'mini', variant: 'small' };
export const ladders = {
  'documents.smart': [smart],
  'documents.mini': [mini],
  'documents.ladder': [
    smart,
    mini,
    { rule: 'parseDocument' },
    { human: 'reviewers', deadline: `${humanDeadlineMs}ms` },
  ],
} as const;
export type Ladder = keyof typeof ladders;

/** Before its worker is started. A ladder without rules cannot send a refusal there: it ends with it. */
export function addLadders(world: World): World {
  const file = world.environment['HOLDFAST_CONFIG'] ?? '';
  const config = parse(readFileSync(file, 'utf8')) as { steps: Record<string, Record<string, unknown>> };
  const { onFailure, ...shipped } = config.steps['documents.extract'] ?? {};
  for (const [name, tiers] of Object.entries(ladders)) {
    config.steps[name] = { ...shipped, tiers, ...(name === 'documents.ladder' && { onFailure }) };
  }
  // Anchors would be names of their own.
  writeFileSync(file, stringify(config, { aliasDuplicateObjects: false }));
  return { ...world, settings: loadSettings({ file, environment: world.environment }) };
}
