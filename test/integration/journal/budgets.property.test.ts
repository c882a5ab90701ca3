/** Random sequences of calls on three budgets, against a model that keeps a list of charges. */
import fc from 'fast-check';
import type { BudgetHold, BudgetStore } from '../../../src/journal/budgets';
import { createRedisBudgetStore } from '../../../src/journal/redis-budgets';
import { useRedis } from './open-redis';

const redis = useRedis();
const holdMs = 1_000;
const ids = ['run 1', 'run 2', 'tenant'] as const;

interface Charge {
  readonly rid: string;
  readonly budgets: readonly string[];
  readonly micros: number;
  readonly tokens: number;
  /** Absent once it is settled. */
  readonly lapsesAt?: number;
}

/** What the store promises, in the plainest form. Money in millionths, so sums are exact. */
class Model {
  #charges: Charge[] = [];
  readonly #settled = new Set<string>();
  nowMs = 0;

  standing(id: string): { spent: [number, number]; held: [number, number] } {
    const sum = (isHeld: boolean): [number, number] =>
      this.#charges
        .filter(({ budgets, lapsesAt = 0 }) => budgets.includes(id) && lapsesAt > this.nowMs === isHeld)
        .reduce<[number, number]>(([usd, tokens], charge) => [usd + charge.micros, tokens + charge.tokens], [0, 0]);
    return { spent: sum(false), held: sum(true) };
  }

  hold({ rid, budgets, micros, tokens, limits }: Hold): string {
    const stands = this.#charges.some((charge) => charge.rid === rid && (charge.lapsesAt ?? 0) > this.nowMs);
    if (this.#settled.has(rid) || stands) return 'held';
    for (const id of budgets) {
      const { spent, held } = this.standing(id);
      if (micros > 0 && spent[0] + held[0] + micros > limits.micros) return `exceeded ${id} usd`;
      if (tokens > 0 && spent[1] + held[1] + tokens > limits.tokens) return `exceeded ${id} tokens`;
    }
    // One that has lapsed belongs to a call that is gone: nobody can settle it any more.
    this.#charges = this.#charges.map((charge) => (charge.rid === rid ? { ...charge, rid: 'gone' } : charge));
    this.#charges.push({ rid, budgets, micros, tokens, lapsesAt: this.nowMs + holdMs });
    return 'held';
  }

  settle({ rid, budgets, micros, tokens }: Hold): void {
    if (this.#settled.has(rid)) return;
    const before = this.#charges.find((charge) => charge.rid === rid);
    this.#charges = this.#charges.filter((charge) => charge !== before);
    this.#charges.push({ rid, budgets: before?.budgets ?? budgets, micros, tokens });
    this.#settled.add(rid);
  }

  release(rid: string): void {
    if (!this.#settled.has(rid)) this.#charges = this.#charges.filter((charge) => charge.rid !== rid);
  }
}

interface Hold {
  readonly rid: string;
  readonly budgets: readonly string[];
  readonly micros: number;
  readonly tokens: number;
  readonly limits: { readonly micros: number; readonly tokens: number };
}

type Operation =
  | { readonly kind: 'hold' | 'settle' | 'release'; readonly hold: Hold }
  | { readonly kind: 'wait'; readonly ms: number };

const hold: fc.Arbitrary<Hold> = fc.record({
  rid: fc.constantFrom('a', 'b', 'c', 'd'),
  budgets: fc.constantFrom(['run 1', 'tenant'], ['run 2', 'tenant'], ['run 1'], ['tenant', 'run 2', 'run 1']),
  micros: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1_200_000 })),
  tokens: fc.integer({ min: 0, max: 1_200 }),
  limits: fc.record({ micros: fc.integer({ min: 0, max: 3_000_000 }), tokens: fc.integer({ min: 0, max: 3_000 }) }),
});
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('hold' as const), hold }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('settle' as const, 'release' as const), hold }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 1_500 }) }) },
);

function asked({ rid, budgets, micros, tokens, limits }: Hold, tenant: string): BudgetHold {
  const limit = { usd: limits.micros / 1e6, tokens: limits.tokens };
  return {
    rid,
    tenant,
    budgets: budgets.map((id) => ({ id, limits: limit, keepMs: 60_000 })),
    spend: { usd: micros / 1e6, tokens },
  };
}

async function runBoth(
  operations: readonly Operation[],
  { store, model, tenant }: { store: BudgetStore; model: Model; tenant: string },
): Promise<void> {
  for (const next of operations) {
    if (next.kind === 'wait') model.nowMs += next.ms;
    else if (next.kind === 'hold') {
      const answer = await store.hold(asked(next.hold, tenant));
      const told = answer.kind === 'held' ? 'held' : `exceeded ${answer.budget} ${answer.unit}`;
      expect(told).toBe(model.hold(next.hold));
    } else if (next.kind === 'settle') {
      await store.settle(asked(next.hold, tenant));
      model.settle(next.hold);
    } else {
      await store.release({ rid: next.hold.rid, tenant });
      model.release(next.hold.rid);
    }
  }
  const stood = await Promise.all(ids.map((id) => store.spent(tenant, id)));
  for (const [i, { usd, tokens, held }] of stood.entries()) {
    const { spent, held: open } = model.standing(ids[i] as string);
    expect([usd, tokens, held.usd, held.tokens]).toEqual([spent[0] / 1e6, spent[1], open[0] / 1e6, open[1]]);
  }
}

/** The same sequences each time, or others. */
const seed = Number(process.env['HOLDFAST_TEST_SEED'] ?? 20_261_121);
/** Each on accounts of its own: waiting for Redis is most of the work. */
const atATime = 4;

test('every sequence of holds, settlements, releases and waits ends as the model says', async () => {
  const { redis: client, keyPrefix } = redis.current;
  const kinds: Record<string, number> = {};
  let sequences = 0;
  const sequence = fc.asyncProperty(fc.array(operation, { maxLength: 16 }), async (operations) => {
    const model = new Model();
    const tenant = `tenant-${sequences++}`;
    const store = createRedisBudgetStore({ redis: client, keyPrefix, holdMs, now: () => model.nowMs });
    await runBoth(operations, { store, model, tenant });
    for (const { kind } of operations) kinds[kind] = (kinds[kind] ?? 0) + 1;
  });
  const runs = Array.from({ length: atATime }, (_, i) => fc.assert(sequence, { numRuns: 150, seed: seed + i }));
  for (const run of await Promise.allSettled(runs)) if (run.status === 'rejected') throw run.reason;
  expect(sequences).toBe(600);
  // A sequence that settles or waits for nothing proves nothing.
  for (const kind of ['hold', 'settle', 'release', 'wait']) expect(kinds[kind]).toBeGreaterThan(100);
});
