import { parseOptions } from '../../../../bench/capacity/options';

describe('parseOptions', () => {
  test.each([
    [['--seeds', '0'], '--seeds is "0"; it must be a whole number from 1 to 100'],
    [['--seeds', '1.5'], '--seeds is "1.5"; it must be a whole number from 1 to 100'],
    [['--seeds='], '--seeds is ""; it must be a whole number from 1 to 100'],
    [['--parts', 'virtual,real'], '--parts names "real"; there are virtual, peers, realTime'],
    [['--parts='], '--parts names ""; there are virtual, peers, realTime'],
    [['--fast'], "Unknown option '--fast'"],
    [['extra'], "Unexpected argument 'extra'"],
  ])('refuses %j in one line that ends with the usage', (args, message) => {
    const parse = (): unknown => parseOptions(args);
    expect(parse).toThrow(expect.objectContaining({ type: 'Config.Invalid' }));
    expect(parse).toThrow(/^[^\n]+\. Usage: npm run bench:capacity[^\n]+$/);
    expect(parse).toThrow(message);
  });

  test('measures everything with three seeds unless told otherwise', () => {
    expect(parseOptions([])).toEqual({
      isJson: false,
      isQuick: false,
      seeds: [1, 2, 3],
      parts: ['virtual', 'peers', 'realTime'],
      only: [],
    });
  });

  test('takes one seed and no real time when it shall be quick, unless they are asked for', () => {
    expect(parseOptions(['--quick'])).toMatchObject({ seeds: [1], parts: ['virtual', 'peers'] });
    const asked = parseOptions(['--quick', '--seeds', '2', '--parts', 'realTime, virtual']);
    expect(asked).toMatchObject({ seeds: [1, 2], parts: ['virtual', 'realTime'] });
  });

  test('reads the words that a cell must have', () => {
    expect(parseOptions(['--only', ' azure  judged10s '])).toMatchObject({ only: ['azure', 'judged10s'] });
  });
});
