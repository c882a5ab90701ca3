/**
 * What following costs: the same work by the same worker, once with `stream: true` and once without, nobody reading. The
 * worker's processor time is the operating system's count, Redis' work its own.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerAllContract } from '../../../contracts/pipelines/answer-all';
import { askRedis } from '../../../stack';
import type { StackProcess } from '../../../stack';
import { freshId } from '../../fresh-id';
import type { Demo } from '../with-demo-stack';
import { followedStep } from './follow-answer';

export interface Overhead {
  /** Processor time of the worker, µs for each token of the answers. */
  readonly cpuUsPerToken: number;
  readonly redisCpuUsPerToken: number;
  /** Sent to Redis, bytes for each token. */
  readonly redisBytesPerToken: number;
}

interface Reading {
  readonly workerCpuMs: number;
  readonly redisCpuMs: number;
  readonly redisBytes: number;
  readonly tokens: number;
}

const unseenStep = 'chat.unseen';
const answersAtOnce = 48;
/** Without and with in turn, and the turns in turn, so that whatever slows the machine down slows both. */
const order = [unseenStep, followedStep, followedStep, unseenStep, unseenStep, followedStep];
/** What the work before has left behind is done by then. */
const settleMs = 3_000;

export async function measureOverhead(demo: Demo, worker: StackProcess): Promise<Overhead> {
  await sleep(settleMs);
  const readings: { readonly step: string; readonly work: Reading }[] = [];
  for (const step of order) readings.push({ step, work: await workOf(demo, worker, step) });
  // The lowest of each: whatever else goes on at the machine only adds.
  const perToken = (step: string, field: keyof Reading): number =>
    Math.min(...readings.filter((one) => one.step === step).map(({ work }) => work[field] / work.tokens));
  const added = (field: keyof Reading): number => perToken(followedStep, field) - perToken(unseenStep, field);
  return {
    cpuUsPerToken: added('workerCpuMs') * 1_000,
    redisCpuUsPerToken: added('redisCpuMs') * 1_000,
    redisBytesPerToken: added('redisBytes'),
  };
}

async function workOf(demo: Demo, worker: StackProcess, step: string): Promise<Reading> {
  const before = await read(demo, worker);
  const topics = Array.from({ length: answersAtOnce }, (_, index) => `voice ${index + 1}`);
  const input = { step, topics, concurrency: answersAtOnce };
  const run = await demo.client.start(answerAllContract.name, input, { id: freshId('overhead') });
  await run.result();
  const after = await read(demo, worker);
  return {
    workerCpuMs: after.workerCpuMs - before.workerCpuMs,
    redisCpuMs: after.redisCpuMs - before.redisCpuMs,
    redisBytes: after.redisBytes - before.redisBytes,
    tokens: after.tokens - before.tokens,
  };
}

async function read({ environment, simulator }: Demo, { pid }: StackProcess): Promise<Reading> {
  const redis = new URL(environment['REDIS_URL'] ?? '');
  const info = await askRedis(Number(redis.port), redis.hostname, ['INFO']);
  const numberOf = (name: string): number =>
    Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1] ?? Number.NaN);
  const ledger = await simulator.ledger();
  return {
    workerCpuMs: processorMsOf(pid),
    redisCpuMs: (numberOf('used_cpu_user') + numberOf('used_cpu_sys')) * 1_000,
    redisBytes: numberOf('total_net_input_bytes'),
    tokens: ledger.reduce((sum, { outputTokens }) => sum + outputTokens, 0),
  };
}

/** USER_HZ, which Linux shows times in whatever its kernel counts in. */
const linuxTickMs = 10;

function processorMsOf(pid: number): number {
  if (process.platform === 'linux') {
    // After the name, which may hold anything: state is field 3, utime and stime are 14 and 15.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * linuxTickMs;
  }
  // `[[hours:]minutes:]seconds.hundredths`
  const time = execFileSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  return time.split(':').reduce((seconds, part) => seconds * 60 + Number(part), 0) * 1_000;
}
