import { capacityKeys } from '../../../src/capacity/keys';

/** As Redis Cluster reads it: between the first `{` and the next `}`. */
const hashTagOf = (key: string): string | undefined => /\{([^}]+)\}/.exec(key)?.[1];

describe('capacityKeys', () => {
  test.each(['plain', 'a{b}c', '}{', '{}', 'with space / ü'])('share one hash tag, also for names like %s', (name) => {
    const keys = capacityKeys('holdfast:', name);
    const tags = [keys.state, keys.reservation(name)].map(hashTagOf);
    expect(tags).toEqual([encodeURIComponent(name), encodeURIComponent(name)]);
  });

  test('have one root, which the scripts derive the others from', () => {
    const keys = capacityKeys('acme-', 'smart');
    expect(keys.state).toBe('acme-{smart}:2:state');
    expect(keys.reservation('a')).toBe('acme-{smart}:2:rid:a');
  });
});
