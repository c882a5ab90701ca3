import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { HoldfastError } from '../../../src/errors';
import { findFreePort, loopback } from '../../../src/stack/ports';
import { startOnPorts } from '../../../src/stack/start-on-port';
import type { PortMove } from '../../../src/stack/start-on-port';

const servers: Server[] = [];

async function occupy(port = 0): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((done) => server.listen(port, loopback, done));
  return (server.address() as AddressInfo).port;
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

describe('findFreePort', () => {
  test('gives the preferred port when nobody has it', async () => {
    const port = await findFreePort();
    expect(await findFreePort({ preferred: port })).toBe(port);
  });

  test('goes on to the next port when the preferred one is taken', async () => {
    const taken = await occupy();
    const found = await findFreePort({ preferred: taken });
    expect(found).toBeGreaterThan(taken);
    expect(found).toBeLessThan(taken + 200);
  });

  test('leaves out ports that are spoken for', async () => {
    const port = await findFreePort();
    expect(await findFreePort({ preferred: port, except: [port] })).not.toBe(port);
  });

  test('says so when there is no free port up to the last one', async () => {
    await occupy(65_535).catch(() => undefined);
    await expect(findFreePort({ preferred: 65_535 })).rejects.toMatchObject({
      type: 'Service.Unreachable',
      message: expect.stringContaining('65535') as string,
    });
  });
});

describe('startOnPorts', () => {
  const lostRace = new HoldfastError('Service.Unreachable', 'x ended', { output: 'bind: Address already in use' });

  test('starts again when somebody took the port in between', async () => {
    const tried: number[] = [];
    const start = ([port = 0]: readonly number[]): Promise<number> => {
      tried.push(port);
      return tried.length < 3 ? Promise.reject(lostRace) : Promise.resolve(port);
    };
    expect(await startOnPorts([{ name: 'x', preferred: 0 }], start)).toBe(tried[2]);
  });

  test('gives up after the fifth lost race', async () => {
    let starts = 0;
    const start = (): Promise<never> => {
      starts += 1;
      return Promise.reject(lostRace);
    };
    await expect(startOnPorts([{ name: 'x', preferred: 0 }], start)).rejects.toBe(lostRace);
    expect(starts).toBe(5);
  });

  test('does not start again after any other failure', async () => {
    const failure = new HoldfastError('Service.Unreachable', 'x ended', { output: 'no such option' });
    let starts = 0;
    const start = (): Promise<never> => {
      starts += 1;
      return Promise.reject(failure);
    };
    await expect(startOnPorts([{ name: 'x', preferred: 0 }], start)).rejects.toBe(failure);
    expect(starts).toBe(1);
  });

  test('gives two servers two ports and tells which of them moved', async () => {
    const taken = await occupy();
    const moves: PortMove[] = [];
    const wished = [
      { name: 'one', preferred: taken },
      { name: 'two', preferred: taken },
      { name: 'three', preferred: 0 },
    ];
    const ports = await startOnPorts(
      wished,
      (found) => Promise.resolve([...found]),
      (move) => moves.push(move),
    );
    expect(new Set([taken, ...ports]).size).toBe(4);
    expect(moves).toEqual([
      { name: 'one', from: taken, to: ports[0] },
      { name: 'two', from: taken, to: ports[1] },
    ]);
  });
});
