/** `holdfast capacity` beside a store that is in use, and `holdfast plan`: as processes, with no provider's key set. */
import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { poolGroupsOf } from '../../../src/capacity/pool-groups';
import { createRedisConnection } from '../../../src/capacity/redis-connection';
import { createRedisCapacityStore } from '../../../src/capacity/redis-store';
import type { PoolReading, Reservation } from '../../../src/contracts/capacity';
import { loadDeclaredSettings } from '../../../src/workers/declared-settings';
import { readServices } from '../../support/services';
import { expectRefusal, jsonOf, runCli, startCli } from './cli';

const root = resolve(__dirname, '..', '..', '..');
const nowhere = 'redis://127.0.0.1:1';
const settings = loadDeclaredSettings(join(root, 'test', 'fixtures', 'holdfast.yaml'));
const keyPrefix = `test-cli-capacity-${randomUUID()}:`;
const environment = {
  HOLDFAST_CONFIG: settings.file,
  HOLDFAST_PROMPTS: join(root, 'test', 'fixtures', 'prompts'),
  HOLDFAST_KEY_PREFIX: keyPrefix,
  REDIS_URL: readServices().redisUrl,
};
const run = (args: readonly string[], changes: NodeJS.ProcessEnv = {}) =>
  runCli(args, { environment: { ...environment, ...changes } });

interface Snapshot {
  readonly at: string;
  readonly pools: readonly PoolReading[];
}

let close: () => Promise<unknown>;
beforeAll(async () => {
  const redis = await createRedisConnection(environment.REDIS_URL, { role: 'capacity-test' });
  const groups = poolGroupsOf(settings);
  const store = createRedisCapacityStore({
    redis,
    keyPrefix,
    capacity: settings.capacity,
    groupOfPool: (pool) => groups.get(pool) ?? pool,
  });
  close = async () => {
    const keys = await redis.keys(`${keyPrefix}*`);
    if (keys.length > 0) await redis.del(...keys);
    await redis.quit();
  };
  const reserve = async (rid: string): Promise<Reservation> => {
    const candidates = ['east', 'west'].map((endpoint) => {
      const limits = settings.endpoints[endpoint]?.limits ?? {};
      return { endpoint, quotaGroup: endpoint, limits, cost: { tokens: 1_000 } };
    });
    const answer = await store.reserve({
      rid,
      pool: 'pair',
      candidates,
      lane: 'interactive',
      tenant: 'acme',
      maxWaitMs: 10_000,
    });
    if (answer.kind !== 'granted') throw new Error(`expected a grant, got ${answer.kind}`);
    return answer.reservation;
  };
  for (let i = 0; i < 4; i++) await reserve(`r${i}`);
  const refused = await reserve('refused');
  await store.settle({ ...refused, outcome: 'rateLimited', blockedForMs: 60_000 });
});
afterAll(() => close());

describe('holdfast capacity', () => {
  test('shows every pool of the configuration as a table', async () => {
    const { code, stdout, stderr } = await run(['capacity']);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^endpoint +rpm +tpm +in flight +breaker +blocked +429s +rate\n/);
    for (const pool of Object.keys(settings.pools)) expect(stdout).toMatch(new RegExp(`^${pool} {2}`, 'm'));
    expect(stdout).toMatch(/^ {2}claude +0\/600 +0\/600,000 +0\/20 +closed +0 +100 %$/m);
    expect(stdout).not.toContain('\u001b');
    expect(code).toBe(0);
  });

  test('tells a script what is booked, in flight, blocked and was refused', async () => {
    const result = await run(['capacity', 'pair', '--json']);
    const { at, pools } = jsonOf(result) as Snapshot;
    expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(60_000);
    expect(pools.map(({ pool }) => pool)).toEqual(['pair']);
    const endpoints = pools[0]?.endpoints ?? [];
    const sum = (of: (endpoint: (typeof endpoints)[number]) => number) =>
      endpoints.reduce((all, one) => all + of(one), 0);
    const usedOf = (dimension: string) =>
      sum((one) => one.dimensions.find((each) => each.dimension === dimension)?.used ?? 0);
    expect(endpoints.map(({ endpoint }) => endpoint)).toEqual(['east', 'west']);
    expect(usedOf('rpm')).toBe(5);
    expect(usedOf('tpm')).toBe(5_000);
    expect(sum(({ inFlight }) => inFlight)).toBe(4);
    expect(sum(({ rateLimited }) => rateLimited)).toBe(1);
    expect(Math.max(...endpoints.map(({ blockedForMs }) => blockedForMs))).toBeGreaterThan(1_000);
    expect(Math.min(...endpoints.map(({ rateFactor }) => rateFactor))).toBeLessThan(1);
  });

  test('with --watch appends snapshots until it is told to end', async () => {
    const { child, exited, until } = startCli(['capacity', 'pair', '--watch'], { environment });
    await until(/(^\d{4}-\d\d-\d\dT[\d:.]+Z\nendpoint[^]+){2}/m);
    child.kill('SIGINT');
    expect(await exited).toMatchObject({ code: 130, stderr: '' });
  });

  test('with --watch and --json writes one object per line', async () => {
    const { child, exited, until } = startCli(['capacity', 'pair', '--watch', '--json'], { environment });
    await until(/\n.+\n/);
    child.kill('SIGINT');
    const { stdout, code } = await exited;
    const snapshots = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Snapshot);
    expect(snapshots.length).toBeGreaterThanOrEqual(2);
    expect(new Set(snapshots.map(({ at }) => at)).size).toBe(snapshots.length);
    expect(code).toBe(130);
  });

  test('set puts limits in force and tells their version', async () => {
    const result = await run(['capacity', 'set', 'claude', '--tpm', '90_000', '--rpm', '120', '--json']);
    expect(jsonOf(result)).toEqual({
      quotaGroup: expect.any(String) as string,
      limits: { rpm: 120, tpm: 90_000 },
      version: expect.any(Number) as number,
    });
  });

  test.each([
    [['nowhere', '--tpm', '5'], /there is no quota group "nowhere" in .* \(known: /],
    [['east'], /name at least one limit: --rpm/],
    [['east', '--tpm', '0'], /Expected a whole number above 0/],
    [['east', '--tpm', '5', '--request-window', '1000'], /name both/],
  ])('set %j: says what to do, and asks no Redis', async (args, says) => {
    const result = await run(['capacity', 'set', ...args], { REDIS_URL: nowhere });
    expectRefusal(result, { code: 2, type: 'Usage.Invalid', says });
  });

  test('an unknown pool: names the known ones, and asks no Redis', async () => {
    const result = await run(['capacity', 'pari'], { REDIS_URL: nowhere });
    expectRefusal(result, {
      code: 2,
      type: 'Usage.Invalid',
      says: /no pool "pari" in .*holdfast\.yaml \(known: pair, single, .*\), did you mean "pair"\?/,
    });
  });

  test('Redis out of reach: names the address', async () => {
    const result = await run(['capacity'], { REDIS_URL: nowhere });
    expectRefusal(result, { code: 3, type: 'Service.Unreachable', says: nowhere });
  });

  test('a configuration that is not there: names it', async () => {
    const result = await run(['capacity'], { HOLDFAST_CONFIG: 'missing.yaml' });
    expectRefusal(result, { code: 2, type: 'Config.Invalid', says: 'missing.yaml: there is no such file' });
  });
});

describe('holdfast plan', () => {
  const digest = ['plan', '--pipeline', 'digest', '--calls', 'test.plain=4', '--tokens', 'test.plain=900/40'];

  test('shows the load, the quotas and what follows, without Redis or a key', async () => {
    const { code, stdout, stderr } = await run([...digest, '--per-hour', '3000'], { REDIS_URL: nowhere });
    // 960 tokens against two limits of 600,000 a minute, so requests hold it up: 12,000 of 72,000 an hour.
    expect(stdout).toMatch(/^pair +east +6,000 +rpm +100\/min +600\/min +17 % +← binds first$/m);
    expect(stdout).toMatch(/^It fits\. As it grows, it will be held up by rpm of east and west first\.$/m);
    expect(stdout).toMatch(/^One more region like east in pair: digest [\d,]+ per hour/m);
    expect([code, stderr]).toEqual([0, '']);
  });

  test('answers a script with one object', async () => {
    const plan = jsonOf(await run([...digest, '--count', '36000', '--without', 'west', '--json']));
    expect(plan).toMatchObject({
      isBacklog: true,
      binding: { quotas: [{ quotaGroup: 'east', dimension: 'rpm' }], pools: ['pair'] },
      pipelines: [{ name: 'digest', count: 36_000, hoursToFinish: expect.closeTo(4, 0) }],
      oneMoreRegion: { copyOf: 'east', pipelines: [{ hoursToFinish: expect.closeTo(2, 0) }] },
    });
  });

  test.each([
    ['nothing to plan', [], 'Usage.Invalid', /what is to be planned\?/],
    [
      'a file and options',
      ['--file', 'plan.yaml', '--count', '3'],
      'Usage.Invalid',
      /--count cannot be given with --file/,
    ],
    ['a file that is not there', ['--file', 'none.yaml'], 'Usage.Invalid', /no file "none.yaml"/],
    [
      'an unknown step',
      ['--pipeline', 'p', '--count', '3', '--tokens', 'test.plan=1/1'],
      'Usage.Invalid',
      /did you mean "test.plain"/,
    ],
    [
      'an unknown endpoint',
      ['--pipeline', 'p', '--count', '3', '--tokens', 'test.plain=1/1', '--without', 'est'],
      'Usage.Invalid',
      /did you mean "east"/,
    ],
  ])('%s: says what to do', async (_, args, type, says) => {
    expectRefusal(await run(['plan', ...args]), { code: 2, type, says });
  });
});
