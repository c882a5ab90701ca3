import { faultKinds } from '../../../../bench/chaos-capacity/faults';
import { parseOptions } from '../../../../bench/chaos-capacity/options';

describe('parseOptions', () => {
  test('runs everything for fourteen minutes under a fresh seed when nothing is said', () => {
    const options = parseOptions([], () => 0.5);
    expect(options).toEqual({
      isJson: false,
      minutes: 14,
      seed: Math.floor((2 ** 31 - 1) / 2),
      kinds: faultKinds,
      showsTimeline: false,
    });
  });

  test('takes what is said, faults in the order of the report', () => {
    const args = [
      '--json',
      '--minutes=3',
      '--seed=7',
      '--only',
      'clockMoved, holderKilled',
      '--timeline',
      '--keep=l.json',
    ];
    expect(parseOptions(args)).toEqual({
      isJson: true,
      minutes: 3,
      seed: 7,
      kinds: ['holderKilled', 'clockMoved'],
      showsTimeline: true,
      keepFile: 'l.json',
    });
  });

  test.each([
    [['--minutes', 'soon'], '--minutes is "soon"'],
    [['--minutes', '0'], '--minutes is "0"'],
    [['--minutes', '121'], '--minutes is "121"'],
    [['--seed', '1.5'], '--seed is "1.5"'],
    [['--seed', ' '], '--seed is " "'],
    [['--only', 'meteorite'], '--only names "meteorite"; the faults are holderKilled'],
    [['--only', ''], '--only names ""'],
    [['--loud'], "Unknown option '--loud'"],
  ])('%j is refused by name', (args, message) => {
    expect(() => parseOptions(args)).toThrow(
      expect.objectContaining({ type: 'Config.Invalid', message: expect.stringContaining(message) }),
    );
  });
});
