/**
 * A failover to a replica that has not got the last second of writes, as Sentinel or a managed Redis do it: the address
 * stays, another server answers there.
 */
import { once } from 'node:events';
import { startFaultProxy, type FaultProxy } from './fault-proxy';
import { candidate, granted, request } from './open-capacity';
import { east, expectShare, inTime, openWorker, untilStoreGrants, useAll, type Worker } from './open-policy';
import { openOwnServers, until, type OwnRedis, type OwnServers } from './own-redis';

let servers: OwnServers;
let primary: OwnRedis;
let replica: OwnRedis;
/** Between the worker and whoever is primary, and between the two servers. */
let toPrimary: FaultProxy;
let replication: FaultProxy;
let worker: Worker;

beforeEach(async () => {
  servers = await openOwnServers();
  [primary, replica] = await Promise.all([servers.start(), servers.start()]);
  replication = await startFaultProxy(primary.url);
  toPrimary = await startFaultProxy(primary.url);
  await replica.admin.replicaof('127.0.0.1', Number(new URL(replication.url).port));
  worker = await openWorker({ url: toPrimary.url });
});
afterEach(async () => {
  worker.close();
  await Promise.all([toPrimary.close(), replication.close()]);
  await servers.stop();
});

/** Until the replica has everything that was written so far. */
async function replicate(): Promise<void> {
  await until(async () => {
    const [ours, theirs] = await Promise.all([primary, replica].map(({ admin }) => admin.info('replication')));
    const offsetOf = (text = ''): string | undefined => /^(?:master|slave)_repl_offset:(\d+)/m.exec(text)?.[1];
    return /master_link_status:up/.test(theirs ?? '') && offsetOf(ours) === offsetOf(theirs);
  });
}

/** The primary dies; from here on the address leads to the replica. */
async function failOver(): Promise<void> {
  const closed = once(worker.redis as never, 'close');
  await primary.kill();
  await toPrimary.cut();
  await closed;
  await replica.admin.replicaof('NO', 'ONE');
  toPrimary.leadTo(replica.url);
}

describe('a failover that loses the last writes', () => {
  test('holds nobody up, and grants again what the replica knows', async () => {
    const standing = [];
    for (const rid of ['1', '2', '3', '4']) standing.push(granted(await worker.store.reserve(request(rid, east))));
    await replicate();
    replication.hang();
    const lost = granted(await worker.store.reserve(request('lost', east)));
    await failOver();
    expectShare(await useAll(worker.store, standing, 'between'));
    await toPrimary.restore();
    const next = await untilStoreGrants(worker);
    // The replica knows nothing of the lost one, but of the call in flight, and has been told of what ended meanwhile.
    expect(next.startAt - (standing[0]?.startAt ?? 0)).toBeGreaterThan(1_000);
    expect(await inTime(worker.store.confirm(lost))).toEqual({ kind: 'spent' });
  });

  test('gets the lost leases of calls in flight back by their renewal', async () => {
    const gpu = [candidate('gpu', { concurrency: 4 })];
    const grant = async (rid: string) => granted(await worker.store.reserve(request(rid, gpu)));
    const known = await grant('known');
    await replicate();
    replication.hang();
    const lost = await grant('lost');
    await failOver();
    const back = once(worker.redis as never, 'ready');
    await toPrimary.restore();
    await back;
    for (const each of [known, lost]) expect(await inTime(worker.store.renew(each))).toBe(true);
    const slots = [{ endpoint: 'gpu', quotaGroup: 'gpu', limits: { concurrency: 4 } }];
    expect((await worker.store.inspect('smart', slots)).endpoints[0]?.inFlight).toBe(2);
  });

  test('is found out also by a worker that is still connected to the old primary', async () => {
    await worker.store.reserve(request('1', east));
    await replicate();
    // Demoted, but alive: it answers READONLY until the connection is opened anew.
    toPrimary.leadTo(replica.url);
    await replica.admin.replicaof('NO', 'ONE');
    await primary.admin.replicaof('127.0.0.1', replica.port);
    await untilStoreGrants(worker);
  });
});
