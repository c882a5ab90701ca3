/**
 * Plays a scenario in virtual time against the real scripts on a real Redis, and keeps everything in a record. The
 * clock of the store is one that a host may set back; the record's is the provider's, which never does that.
 */
import type { PoolReading } from '../../../../src/contracts/capacity';
import type { Limits } from '../../../../src/contracts/settings';
import { capacitySettings } from '../open-capacity';
import { Agenda } from './agenda';
import type { Opened } from './open-sequence';
import { CallRecord } from './call-record';
import type { Happening, NewLimits, Refusal, Scenario } from './scenario';
import { candidatesOf, costOf, reserve, Session, type Stage } from './session';

const { leaseMs } = capacitySettings;
/** Beyond every pause, lease and window, and into another day. */
const longRestMs = 45 * 60_000;
/** Leases of the dead are gone so long after their end. */
const leaseToleranceMs = 1_000;

export interface SeenReading {
  readonly atMs: number;
  readonly reading: PoolReading;
}

export class Scene {
  readonly record = new CallRecord();
  readonly readings: SeenReading[] = [];
  /** Told of each reading when it is made. */
  onReading: (seen: SeenReading) => void = () => undefined;
  readonly #stage: Stage;
  #refusals = 0;

  constructor(opened: Opened, scenario: Scenario) {
    this.#stage = {
      ...{ opened, scenario, record: this.record },
      agenda: new Agenda(opened.clock.now(), (ms) => opened.clock.advance(ms)),
      oddities: [],
      limits: { ...scenario.limits },
      used: new Set(),
      lostAtMs: [],
      setBackAtMs: [],
    };
  }

  /** Until everybody is gone. Result: what was odd; see the record for what was wrong. */
  async play(): Promise<readonly string[]> {
    const { agenda, scenario, oddities } = this.#stage;
    const beganAtMs = agenda.nowMs;
    let atMs = beganAtMs;
    for (const [index, caller] of scenario.callers.entries()) {
      atMs += caller.comesAfterMs;
      const session = new Session(this.#stage, caller, `r${index}`, atMs);
      agenda.at(atMs, () => session.asks());
    }
    for (const { atMs, what } of scenario.happenings) agenda.at(beganAtMs + atMs, () => this.#happens(what));
    await agenda.run();
    await this.#rests();
    return oddities;
  }

  /** After a long rest nothing is left of all that, and everybody may start at once. */
  async #rests(): Promise<void> {
    const { agenda, scenario, oddities } = this.#stage;
    // A clock that was set back since the last call is noticed now, not after the rest.
    await this.#inspects();
    agenda.rest(longRestMs);
    for (const { endpoint, inFlight, dimensions } of (await this.#inspects()).endpoints) {
      const used = dimensions.filter((each) => each.dimension !== 'rpd' && each.used > 0);
      if (inFlight > 0 || used.length > 0) oddities.push(`${endpoint} still holds ${JSON.stringify(dimensions)}`);
    }
    // What was lost without anybody noticing was noticed just now.
    agenda.rest(leaseMs);
    const nothing = { rpm: 1, tpm: 0, inputTpm: 0, outputTpm: 0 };
    for (const index of new Set(scenario.groups.map((group) => scenario.groups.indexOf(group)))) {
      const [candidate] = candidatesOf(this.#stage, nothing, [index]);
      if (candidate === undefined) continue;
      const request = { ...this.#asker(`last-${index}`), candidates: [candidate], maxWaitMs: 60_000 };
      let answer = await reserve(this.#stage, request);
      // Places of the dead are cleared away by who comes first.
      if (answer.kind === 'wait' && answer.retryInMs <= 1_000) {
        agenda.rest(answer.retryInMs);
        answer = await reserve(this.#stage, request);
      }
      if (answer.kind === 'granted' && answer.reservation.startInMs === 0) {
        await this.#stage.opened.store.settle({ ...answer.reservation, outcome: 'succeeded' });
      } else oddities.push(`after a long rest ${candidate.endpoint} answers ${JSON.stringify(answer)}`);
    }
  }

  #asker(rid: string) {
    return { rid, pool: this.#stage.opened.pool, lane: 'interactive', tenant: 'last' } as const;
  }

  async #happens(what: Happening['what']): Promise<void> {
    const { opened, agenda, lostAtMs, setBackAtMs } = this.#stage;
    if (what === 'scriptsLost') await opened.redis.script('FLUSH');
    else if (what === 'clockBack' || what === 'clockHesitates') {
      opened.clock.advance(what === 'clockBack' ? -300_000 : -900);
      setBackAtMs.push(agenda.nowMs);
    } else if (what === 'inspect') await this.#inspects();
    else if (what === 'stateLost') {
      await opened.loseState();
      lostAtMs.push(agenda.nowMs);
    } else if ('percent' in what) await this.#changesLimits(what);
    else await this.#isRefused(what);
  }

  async #changesLimits({ group, percent }: NewLimits): Promise<void> {
    const { opened, limits, used } = this.#stage;
    // Before anybody has used it, what an operator says is no newer than the config.
    if (!used.has(group)) return;
    const changed = scaled(limits[group] ?? {}, percent / 100);
    limits[group] = changed;
    await opened.store.setLimits({ pool: opened.pool, quotaGroup: group, limits: changed });
  }

  /** Invariant 6. The first of two refusals may clear away what is long over; the second finds nothing to do. */
  async #isRefused({ sizePercent, isRetry, refusedBy }: Refusal): Promise<void> {
    const { opened, scenario, oddities } = this.#stage;
    const endpoints = [...scenario.groups.keys()];
    const candidates = candidatesOf(this.#stage, costOf(this.#stage, { endpoints, sizePercent }), endpoints);
    const overload = refusedBy === 'backlog' ? { backlog: 0 } : { expectedWaitMs: 0 };
    const ask = () =>
      reserve(this.#stage, {
        ...{ ...this.#asker(`refused-${this.#refusals++}`), candidates, maxWaitMs: 0, isRetry, queues: false },
        ...(refusedBy !== 'itself' && { overload }),
      });
    const first = await ask();
    if (first.kind === 'granted') return opened.store.release(first.reservation);
    const before = await opened.dump();
    const second = await ask();
    const after = await opened.dump();
    if (first.kind !== second.kind) oddities.push(`refused with ${first.kind}, then with ${second.kind}`);
    const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
      (key) => before[key] !== after[key],
    );
    if (changed.length > 0) oddities.push(`a refusal (${second.kind}) changed ${changed.join(', ')}`);
  }

  /** No number may be negative or none at all, and leases are those of calls that somebody still holds. */
  async #inspects(): Promise<PoolReading> {
    const { opened, scenario, limits, agenda, oddities, lostAtMs, setBackAtMs } = this.#stage;
    const endpoints = scenario.groups.map((quotaGroup, index) => {
      return { endpoint: `${quotaGroup}-${index}`, quotaGroup, limits: limits[quotaGroup] ?? {} };
    });
    const reading = await opened.store.inspect(opened.pool, endpoints);
    const seen = { atMs: agenda.nowMs, reading };
    this.readings.push(seen);
    this.onReading(seen);
    const text = JSON.stringify(reading);
    if (/:(-|null)/.test(text)) oddities.push(`a reading that cannot be: ${text}`);
    for (const { endpoint, quotaGroup, inFlight } of reading.endpoints) {
      const { least, most } = this.record.leases(quotaGroup, agenda.nowMs, leaseMs + leaseToleranceMs);
      const isMore = inFlight > most && setBackAtMs.length === 0;
      const isLess = inFlight < least && lostAtMs.every((atMs) => agenda.nowMs > atMs + leaseMs);
      if (isMore || isLess) {
        oddities.push(`${endpoint} has ${inFlight} leases at ${agenda.nowMs}, ${least} to ${most} are held`);
      }
    }
    return reading;
  }
}

/** In the steps that limits come in. */
function scaled(limits: Limits, factor: number): Limits {
  const step = { rpm: limits.requestWindowMs === 1_000 ? 60 : 6 } as const;
  const entries = Object.entries(limits).map(([name, limit]): [string, number] => {
    if (name === 'requestWindowMs') return [name, limit as number];
    const unit = name === 'rpm' ? step.rpm : 1;
    return [name, unit * Math.max(1, Math.round(((limit as number) * factor) / unit))];
  });
  return Object.fromEntries(entries);
}
