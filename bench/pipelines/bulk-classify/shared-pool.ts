/** The shipped configuration with customers and list in one pool: what is measured is who goes first. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { scaleQuotas } from '../scale-quotas';

/** No tier of its own to escape to, and time to wait: a wait is to be seen, not cut off. */
const reply = {
  tiers: [{ pool: 'mini', variant: 'small' }],
  timeouts: { connect: '5s', firstToken: '20s', idle: '15s', call: '30s', step: '1m' },
  onFailure: {},
};

/** Path of the file. */
export function sharedPoolConfig(quotaFactor: number): string {
  const shipped = readFileSync(join(resolve(__dirname, '..', '..', '..'), 'config', 'holdfast.yaml'), 'utf8');
  const config = JSON.parse(scaleQuotas(shipped, quotaFactor)) as { steps: Record<string, object> };
  const steps = { ...config.steps, 'support.reply': { ...config.steps['support.reply'], ...reply } };
  const path = join(mkdtempSync(join(tmpdir(), 'holdfast-bulk-')), 'holdfast.json');
  writeFileSync(path, JSON.stringify({ ...config, steps }));
  return path;
}
