import { createRedisConnection, redisAddressOf } from '../../../src/capacity/redis-connection';

describe('createRedisConnection', () => {
  test.each([
    ['localhost:6379', '"localhost:6379"'],
    ['http://localhost:6379', '"http://localhost:6379"'],
    ['', '""'],
    ['redis://', '"redis://"'],
  ])('refuses %p with a line that shows what an address looks like', async (url, shown) => {
    await expect(createRedisConnection(url, { role: 'journal' })).rejects.toMatchObject({
      type: 'Config.Invalid',
      message: `The Redis address for journal is ${shown}; it must look like redis://host:6379, rediss://user:password@host:6379 or redis-cluster://host:6379,host:6379.`,
    });
  });

  test('does not repeat a value that may hold a password', async () => {
    await expect(createRedisConnection('redi://:s3cret@host', { role: 'journal' })).rejects.toMatchObject({
      message: expect.not.stringContaining('s3cret') as string,
    });
  });
});

describe('redisAddressOf', () => {
  test.each([
    [{ options: { host: 'db', port: 6380, password: 's3cret', username: 'me' } }, 'redis://db:6380'],
    [{ options: { host: 'db', port: 6379, tls: {} } }, 'rediss://db:6379'],
    [{ options: { path: '/run/redis.sock' } }, 'unix:/run/redis.sock'],
    [{ nodes: () => [1, 2, 3] }, 'cluster with 3 known nodes'],
  ])('of %j is %s', (client, address) => {
    expect(redisAddressOf(client as never)).toBe(address);
  });
});
