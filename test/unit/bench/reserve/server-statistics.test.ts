import { difference, parseServerStatistics } from '../../../../bench/reserve/server-statistics';

const cpu = '# CPU\r\nused_cpu_sys:1.250000\r\nused_cpu_user:2.500000\r\nused_cpu_sys_children:9.000000\r\n';

describe('parseServerStatistics', () => {
  test('takes EVALSHA and the processor time of the server itself', () => {
    const commands =
      '# Commandstats\r\ncmdstat_get:calls=7,usec=9,usec_per_call=1.28\r\n' +
      'cmdstat_evalsha:calls=40,usec=2600,usec_per_call=65.00,rejected_calls=0,failed_calls=0\r\n';
    expect(parseServerStatistics(commands + cpu)).toEqual({
      evalshaCalls: 40,
      evalshaMicroseconds: 2600,
      cpuMicroseconds: 3_750_000,
    });
  });

  test('of a server that has run no script count none', () => {
    expect(parseServerStatistics(cpu)).toMatchObject({ evalshaCalls: 0, evalshaMicroseconds: 0 });
  });

  test('are not made up when INFO holds no processor time', () => {
    expect(() => parseServerStatistics('# Commandstats\r\n')).toThrow('INFO has no used_cpu_user');
  });
});

describe('difference', () => {
  test('is what was done between two looks', () => {
    const before = { evalshaCalls: 1, evalshaMicroseconds: 10, cpuMicroseconds: 100 };
    const after = { evalshaCalls: 4, evalshaMicroseconds: 70, cpuMicroseconds: 900 };
    expect(difference(after, before)).toEqual({ evalshaCalls: 3, evalshaMicroseconds: 60, cpuMicroseconds: 800 });
  });
});
