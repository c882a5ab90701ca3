/** The shipped configuration with more time for `supportReply`: these tests are about tiers, and run beside many others. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseYaml } from '../../../src/config/parse-yaml';

const shipped = resolve(__dirname, '..', '..', '..', 'config', 'holdfast.yaml');

interface Step {
  readonly tiers: readonly object[];
}

/** @returns the path of a copy in which the step has 20 s, of which its first tier needs 15 */
export function writeWithTime(directory: string, step: string): string {
  const parsed = parseYaml(readFileSync(shipped, 'utf8'));
  if (!parsed.ok) throw new Error(`${shipped} is not readable`);
  const { steps, ...others } = parsed.value as { steps: Record<string, Step> };
  const timeouts = { connect: '5s', firstToken: '10s', idle: '10s', call: '10s', step: '20s' };
  const [first, ...later] = steps[step]?.tiers ?? [];
  const patient = { ...steps[step], timeouts, tiers: [{ ...first, needs: '15s' }, ...later] };
  const file = join(directory, 'with-time.json');
  writeFileSync(file, JSON.stringify({ ...others, steps: { ...steps, [step]: patient } }));
  return file;
}
