/** What Redis itself counted, from INFO: the cost of a call without client and network. */

export interface ServerStatistics {
  readonly evalshaCalls: number;
  /** Wall time inside EVALSHA, with the commands it calls: grows when the machine gives the server no processor. */
  readonly evalshaMicroseconds: number;
  /** Processor time of the server for everything it did. */
  readonly cpuMicroseconds: number;
}

/** @param info the answer of INFO with the sections `commandstats` and `cpu` */
export function parseServerStatistics(info: string): ServerStatistics {
  const [, calls = '0', microseconds = '0'] = /^cmdstat_evalsha:calls=(\d+),usec=(\d+)/m.exec(info) ?? [];
  return {
    evalshaCalls: Number(calls),
    evalshaMicroseconds: Number(microseconds),
    cpuMicroseconds: (secondsOf(info, 'used_cpu_user') + secondsOf(info, 'used_cpu_sys')) * 1_000_000,
  };
}

function secondsOf(info: string, field: string): number {
  const found = new RegExp(`^${field}:([\\d.]+)`, 'm').exec(info);
  if (found?.[1] === undefined) throw new Error(`INFO has no ${field}`);
  return Number(found[1]);
}

export function difference(after: ServerStatistics, before: ServerStatistics): ServerStatistics {
  return {
    evalshaCalls: after.evalshaCalls - before.evalshaCalls,
    evalshaMicroseconds: after.evalshaMicroseconds - before.evalshaMicroseconds,
    cpuMicroseconds: after.cpuMicroseconds - before.cpuMicroseconds,
  };
}
