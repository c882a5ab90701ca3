import * as fc from 'fast-check';
import { balance, loadOf } from '../../../src/planning/balance';
import type { Amounts, Flow } from '../../../src/planning/balance';

const tokens = (quotaGroup: string, perCall: number) => ({ quotaGroup, perCall: { tpm: perCall } });

describe('balance', () => {
  test('fills endpoints of different size to the same level', () => {
    const flow: Flow = { callsPerMinute: 30, routes: [tokens('east', 100), tokens('west', 100)] };
    const usable = new Map<string, Amounts>([
      ['east', { tpm: 10_000 }],
      ['west', { tpm: 20_000 }],
    ]);
    const [[east, west] = []] = balance([flow], usable);
    expect(east).toBeCloseTo(10);
    expect(west).toBeCloseTo(20);
  });

  test('leaves a shared endpoint to the flow that has no other', () => {
    const captive: Flow = { callsPerMinute: 50, routes: [tokens('east', 100)] };
    const free: Flow = { callsPerMinute: 50, routes: [tokens('east', 100), tokens('west', 100)] };
    const usable = new Map<string, Amounts>([
      ['east', { tpm: 10_000 }],
      ['west', { tpm: 10_000 }],
    ]);
    for (const order of [
      [captive, free],
      [free, captive],
    ]) {
      const load = loadOf(order, balance(order, usable));
      expect(load.get('east')?.tpm).toBeCloseTo(5_000);
      expect(load.get('west')?.tpm).toBeCloseTo(5_000);
    }
  });

  test('sends a flow where nothing limits it, when there is such a place', () => {
    const flow: Flow = {
      callsPerMinute: 10,
      routes: [tokens('east', 100), { quotaGroup: 'own', perCall: { rpm: 1 } }],
    };
    const usable = new Map<string, Amounts>([
      ['east', { tpm: 10_000 }],
      ['own', { concurrency: 4 }],
    ]);
    expect(balance([flow], usable)).toEqual([[0, 10]]);
  });

  const flows = fc.array(
    fc.record({
      callsPerMinute: fc.double({ min: 0.01, max: 1e4, noNaN: true }),
      size: fc.integer({ min: 1, max: 9_999 }),
    }),
    { minLength: 1, maxLength: 4 },
  );
  const limits = fc.array(fc.integer({ min: 1, max: 1e7 }), { minLength: 1, maxLength: 5 });

  test('spreads every call, and twice the load just as once', () => {
    fc.assert(
      fc.property(flows, limits, (sizes, tpm) => {
        const usable = new Map(tpm.map((limit, index) => [`e${index}`, { tpm: limit }]));
        const load: Flow[] = sizes.map(({ callsPerMinute, size }) => {
          return { callsPerMinute, routes: tpm.map((_, index) => tokens(`e${index}`, size)) };
        });
        const spread = balance(load, usable);
        const doubled = balance(
          load.map((one) => ({ ...one, callsPerMinute: 2 * one.callsPerMinute })),
          usable,
        );
        for (const [index, { callsPerMinute }] of load.entries()) {
          const rates = spread[index] ?? [];
          expect(rates.reduce((sum, rate) => sum + rate, 0) / callsPerMinute).toBeCloseTo(1, 6);
          expect(Math.min(...rates)).toBeGreaterThanOrEqual(0);
          rates.forEach((rate, route) => {
            expect((doubled[index]?.[route] ?? 0) / callsPerMinute).toBeCloseTo((2 * rate) / callsPerMinute, 5);
          });
        }
      }),
      { numRuns: 200 },
    );
  });

  test('leaves no endpoint emptier than another when every flow may use all of them', () => {
    fc.assert(
      fc.property(flows, limits, (sizes, tpm) => {
        const usable = new Map(tpm.map((limit, index) => [`e${index}`, { tpm: limit }]));
        const load: Flow[] = sizes.map(({ callsPerMinute, size }) => {
          return { callsPerMinute, routes: tpm.map((_, index) => tokens(`e${index}`, size)) };
        });
        const used = loadOf(load, balance(load, usable));
        const levels = tpm.map((limit, index) => (used.get(`e${index}`)?.tpm ?? 0) / limit);
        expect(Math.min(...levels) / Math.max(...levels)).toBeCloseTo(1, 5);
      }),
      { numRuns: 200 },
    );
  });
});
