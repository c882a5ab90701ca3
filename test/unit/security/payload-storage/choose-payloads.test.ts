import type { Payload, StorageDriver, StorageDriverTargetInfo } from '@temporalio/common';
import { choosePayloads } from '../../../../src/security/payload-storage/choose-payloads';

const driver = {} as StorageDriver;
const payload = (bytes: number): Payload => ({ metadata: {}, data: new Uint8Array(bytes) });
const run: StorageDriverTargetInfo = { kind: 'workflow', namespace: 'default', id: 'a', runId: 'r' };

describe('choosePayloads', () => {
  test('keeps what is under the threshold in history', () => {
    const choose = choosePayloads(driver, 65_536);
    expect(choose({ target: run }, payload(65_535))).toBeNull();
    expect(choose({ target: run }, payload(65_536))).toBe(driver);
    expect(choose({}, payload(65_535))).toBeNull();
  });

  test('keeps 1 MiB of one message in history, whatever its payloads', () => {
    const choose = choosePayloads(driver, 65_536);
    const kept = Array.from({ length: 100 }, () => choose({ target: run }, payload(60_000))).filter(
      (place) => place === null,
    );
    expect(kept).toHaveLength(17);
    // Another message of the same run begins anew.
    expect(choose({ target: { ...run } }, payload(60_000))).toBeNull();
  });

  test('keeps less of what starts another run, as many may start at once', () => {
    const choose = choosePayloads(driver, 65_536);
    const child: StorageDriverTargetInfo = { kind: 'workflow', namespace: 'default', id: 'child' };
    expect(choose({ target: child }, payload(8_191))).toBeNull();
    expect(choose({ target: child }, payload(8_192))).toBe(driver);
  });
});
