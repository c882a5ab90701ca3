import { LocalSlots } from '../../../src/capacity/local-slots';

describe('LocalSlots', () => {
  const slots = new LocalSlots();
  afterEach(() => slots.dropLapsed(Infinity));

  test('counts the leases of a quota group', () => {
    slots.hold('a', { quotaGroup: 'gpu', untilMs: 10 });
    slots.hold('b', { quotaGroup: 'gpu', untilMs: 10 });
    slots.hold('c', { quotaGroup: 'other', untilMs: 10 });
    slots.free('b');
    slots.free('never held');
    expect([slots.heldOf('gpu'), slots.heldOf('other'), slots.heldOf('unknown')]).toEqual([1, 1, 0]);
  });

  test('counts a renewed one once and lets it end when it should', () => {
    slots.hold('a', { quotaGroup: 'gpu', untilMs: 10 });
    slots.hold('b', { quotaGroup: 'gpu', untilMs: 20 });
    slots.hold('a', { quotaGroup: 'gpu', untilMs: 30 });
    slots.dropLapsed(20);
    expect(slots.heldOf('gpu')).toBe(1);
    slots.dropLapsed(30);
    expect(slots.heldOf('gpu')).toBe(0);
  });
});
