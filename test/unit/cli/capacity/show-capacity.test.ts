import { createSnapshotView, showOnce, watch } from '../../../../src/cli/capacity/show-capacity';
import { createOutput } from '../../../../src/cli/output';
import { HoldfastError } from '../../../../src/errors';
import { fakeTerminal } from '../fake-terminal';
import { idlePool } from './readings';

function open({ isTTY, isJson = false }: { isTTY: boolean; isJson?: boolean }) {
  const stdout = fakeTerminal({ isTTY, columns: 120, rows: 30 });
  const stderr = fakeTerminal({ isTTY });
  const output = createOutput({ stdout: stdout.stream, stderr: stderr.stream }, isJson);
  return { output, stdout: stdout.written, stderr: stderr.written };
}

const at = '2026-11-21T12:00:00.000Z';
const snapshot = { at, pools: [idlePool] };
const away = new HoldfastError('Capacity.StoreUnavailable', 'Redis is away');

describe('showOnce', () => {
  test('prints one JSON object and nothing else with --json', async () => {
    const { output, stdout, stderr } = open({ isTTY: true, isJson: true });
    await showOnce(() => Promise.resolve([idlePool]), output);
    expect(JSON.parse(stdout())).toEqual({ at: expect.stringMatching(/^\d{4}-/), pools: [idlePool] });
    expect([stdout().split('\n').length, stderr()]).toEqual([2, '']);
  });

  test('prints plain text where there is no terminal', async () => {
    const { output, stdout } = open({ isTTY: false });
    await showOnce(() => Promise.resolve([idlePool]), output);
    expect(stdout()).toMatch(/anthropic-main/);
    expect(stdout()).not.toContain('\u001b');
  });
});

describe('createSnapshotView', () => {
  test('draws over the last picture on a terminal', () => {
    const { output, stdout } = open({ isTTY: true });
    const view = createSnapshotView(output);
    view.show(snapshot);
    const before = stdout().length;
    view.show(snapshot);
    expect(stdout().slice(before)).toContain('\u001b[4A\r\u001b[J');
  });

  test('tells an outage once, above the last picture, and once again after it was over', () => {
    const { output, stdout } = open({ isTTY: true });
    const view = createSnapshotView(output);
    const told = (): number => stdout().split('Redis is away').length - 1;
    view.show(snapshot);
    view.fail(away);
    view.fail(away);
    expect(told()).toBe(1);
    view.show(snapshot);
    view.fail(away);
    expect(told()).toBe(2);
  });

  test('appends snapshots with their time elsewhere', () => {
    const { output, stdout, stderr } = open({ isTTY: false });
    const view = createSnapshotView(output);
    view.show(snapshot);
    view.fail(away);
    view.show(snapshot);
    expect(
      stdout()
        .split('\n')
        .filter((line) => line === at),
    ).toHaveLength(2);
    expect(stdout()).not.toContain('\u001b');
    expect(stderr()).toBe('holdfast: Capacity.StoreUnavailable: Redis is away\n');
  });

  test('writes one object per line with --json, outages included', () => {
    const { output, stdout, stderr } = open({ isTTY: true, isJson: true });
    const view = createSnapshotView(output);
    view.show(snapshot);
    view.fail(away);
    const lines = stdout()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines).toEqual([
      snapshot,
      { at: expect.any(String), error: { type: 'Capacity.StoreUnavailable', message: 'Redis is away' } },
    ]);
    expect(stderr()).toBe('');
  });
});

describe('watch', () => {
  test('goes on after an outage and ends with any other failure', async () => {
    const told: string[] = [];
    const answers = [() => [idlePool], () => thrown(away), () => [idlePool], () => thrown(new Error('a defect'))];
    const read = async () => (answers.shift() ?? (() => thrown(new Error('read too often'))))();
    const view = { show: () => told.push('shown'), fail: () => told.push('failed') };
    await expect(watch(read, view, 1)).rejects.toThrow('a defect');
    expect(told).toEqual(['shown', 'failed', 'shown']);
  });
});

function thrown(error: Error): never {
  throw error;
}
