import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '../../../src/config/load-settings';
import type { Settings } from '../../../src/contracts/settings';
import { HoldfastError } from '../../../src/errors';

export type Variables = Record<string, string | undefined>;

export const keys: Variables = { EAST_KEY: 'key-east', WEST_KEY: 'key-west' };

/** The smallest configuration that has two of everything worth confusing. */
export const minimal = `
endpoints:
  east:
    provider: openai
    model: gpt-5
    apiKeyEnv: EAST_KEY
    limits: { rpm: 60 }
    price: { input: 1, output: 2 }
    contextWindow: 1000
  west:
    provider: anthropic
    model: claude-sonnet-5
    apiKeyEnv: WEST_KEY
    optional: true
    limits: { tpm: 5_000 }
    price: { input: 1, output: 2 }
    contextWindow: 2000
pools:
  fast: { endpoints: [east] }
  large: { endpoints: [west] }
steps:
  greet:
    prompt: greet@1
    tiers: [{ pool: fast }, { pool: large, variant: claude }]
`;

/** `minimal` with one text replaced; a replacement that finds nothing is a mistake of the test. */
export function changed(from: string, to: string, text = minimal): string {
  if (!text.includes(from)) throw new Error(`the configuration does not contain ${from}`);
  return text.replace(from, to);
}

/** Loads a text as a file named `holdfast.yaml`. */
export function loadText(text: string | Buffer, environment: Variables = keys): Settings {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-config-'));
  const file = join(folder, 'holdfast.yaml');
  try {
    writeFileSync(file, text);
    return loadSettings({ file, environment });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The problems of a text that must be refused, each line without the path of the temporary file. */
export function problemsIn(text: string | Buffer, environment: Variables = keys): string[] {
  try {
    loadText(text, environment);
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.type !== 'Config.Invalid') throw error;
    return error.message.split('\n').map((line) => line.replace(/^.*?holdfast\.yaml: /, ''));
  }
  throw new Error('the configuration was accepted');
}
