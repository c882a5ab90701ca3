import { capacityKeys } from '../../../src/capacity/keys';

function allKeys(tag: string, name: string): string[] {
  const keys = capacityKeys('holdfast:', tag);
  return [keys.clock, keys.reservation(name), keys.budget(name), ...keys.group(name, name)];
}

/** As Redis Cluster reads it: between the first `{` and the next `}`. */
const hashTagOf = (key: string): string | undefined => /\{([^}]+)\}/.exec(key)?.[1];

describe('capacityKeys', () => {
  test.each(['plain', 'a{b}c', '}{', '{}', 'with space / ü'])('share one hash tag, also for names like %s', (name) => {
    const tags = allKeys(name, name).map(hashTagOf);
    expect(new Set(tags).size).toBe(1);
    expect(tags[0]).toBe(encodeURIComponent(name));
  });

  test('are distinct, whatever the names', () => {
    const keys = ['a', 'state:a', 'a:leases', 'clock'].flatMap((name) => allKeys('t', name).slice(1));
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('begin with the prefix as it is', () => {
    expect(capacityKeys('acme-', 'smart').clock).toBe('acme-{smart}:clock');
  });
});
