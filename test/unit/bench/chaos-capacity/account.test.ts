import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  accountEnvironment,
  capacityPerSecond,
  demandPerSecond,
  drawWish,
  holdfastConfig,
  leaseMs,
  poolName,
  quotas,
  simulatorEndpoints,
} from '../../../../bench/chaos-capacity/account';
import { loadSettings } from '../../../../src/config/load-settings';
import { readEndpoint } from '../../../../src/simulator';
import { createRandom } from '../../../../src/simulator/random';
import { countTokens } from '../../../../src/simulator/tokenizer';

describe('account', () => {
  test('is told to the engine as the provider enforces it', () => {
    const directory = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
    const file = join(directory, 'holdfast.yaml');
    writeFileSync(file, JSON.stringify(holdfastConfig()));
    try {
      const settings = loadSettings({ file, environment: accountEnvironment('http://127.0.0.1:1') });
      expect(settings.pools[poolName]?.endpoints).toEqual(quotas.map(({ name }) => name));
      expect(settings.capacity.leaseMs).toBe(leaseMs);
      for (const [name, input] of Object.entries(simulatorEndpoints())) {
        const { window: _window, ...enforced } = readEndpoint(name, input).limits;
        if (quotas.some((quota) => quota.name === name)) expect(settings.endpoints[name]?.limits).toEqual(enforced);
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('is asked for half as much again as it can take', () => {
    expect(demandPerSecond).toBeCloseTo(1.5 * capacityPerSecond);
  });

  test('gets wishes of known sizes, the same for the same seed', () => {
    const wishes = (): unknown[] => {
      const random = createRandom('seed');
      return Array.from({ length: 200 }, () => drawWish(random));
    };
    expect(wishes()).toEqual(wishes());
    for (const { text, maxOutputTokens } of wishes() as ReturnType<typeof drawWish>[]) {
      const total = countTokens(text) + maxOutputTokens;
      expect(total).toBeGreaterThanOrEqual(150);
      expect(total).toBeLessThanOrEqual(1_500);
    }
  });
});
