import { parseRedisAddress } from '../../../src/contracts/redis-address';
import { failureOf } from '../capacity/failure-of';

describe('parseRedisAddress', () => {
  test.each(['redis://localhost', 'redis://db:6380/2', 'rediss://user:s3cret@db:6380'])('takes %s as it is', (url) => {
    expect(parseRedisAddress(url, 'capacity')).toEqual({ kind: 'server', url });
  });

  test.each([
    [
      'redis-cluster://a:7000,b:7001',
      {
        nodes: [
          { host: 'a', port: 7000 },
          { host: 'b', port: 7001 },
        ],
        isTls: false,
      },
    ],
    ['redis-cluster://a', { nodes: [{ host: 'a', port: 6379 }], isTls: false }],
    ['redis-cluster://a:7000/', { nodes: [{ host: 'a', port: 7000 }], isTls: false }],
    ['redis-cluster://a:7000/0', { nodes: [{ host: 'a', port: 7000 }], isTls: false }],
    [
      'rediss-cluster://[::1]:7000,b',
      {
        nodes: [
          { host: '::1', port: 7000 },
          { host: 'b', port: 6379 },
        ],
        isTls: true,
      },
    ],
    [
      'redis-cluster://me:p%40ss%2C:word@a:7000,b:7001',
      {
        nodes: [
          { host: 'a', port: 7000 },
          { host: 'b', port: 7001 },
        ],
        isTls: false,
        username: 'me',
        password: 'p@ss,:word',
      },
    ],
    ['redis-cluster://:s3cret@a', { nodes: [{ host: 'a', port: 6379 }], isTls: false, password: 's3cret' }],
  ])('reads %s as nodes of a cluster', (url, expected) => {
    expect(parseRedisAddress(url, 'capacity')).toEqual({ kind: 'cluster', ...expected });
  });

  test.each([
    'redis-cluster://',
    'redis-cluster://a:7000,',
    'redis-cluster://a:7000,b:port',
    'redis-cluster://,a',
    'x',
  ])('refuses %p with a line that shows what an address looks like', (url) => {
    expect(failureOf(() => parseRedisAddress(url, 'journal'))).toEqual({
      type: 'Config.Invalid',
      message:
        `The Redis address for journal is "${url}"; it must look like redis://host:6379, ` +
        'rediss://user:password@host:6379 or redis-cluster://host:6379,host:6379.',
    });
  });

  test('refuses a database, of which a cluster has one', () => {
    expect(failureOf(() => parseRedisAddress('redis-cluster://:s3cret@a:7000/2', 'capacity')).message).toBe(
      'The Redis address for capacity names database 2, but a cluster has only database 0: leave it out.',
    );
  });

  test.each([
    'redis-cluster://:s3cret@a:7000,b:port',
    'redi://:s3cret@host',
    'redis-cluster://me:s3%cret@a',
    'redis://me:s3%cret@a',
  ])('does not repeat %p, which may hold a password', (url) => {
    expect(failureOf(() => parseRedisAddress(url, 'capacity')).message).not.toMatch(/s3/);
  });
});
