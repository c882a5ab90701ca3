import { parseOptions } from '../../../../bench/reserve/options';

describe('parseOptions', () => {
  test.each([
    [['--seconds', '0'], '--seconds is "0"; it must be a number of seconds above 0'],
    [['--seconds', 'soon'], '--seconds is "soon"; it must be a number of seconds above 0'],
    [['--seconds='], '--seconds is ""; it must be a number of seconds above 0'],
    [['--max-seconds', 'Infinity'], '--max-seconds is "Infinity"; it must be a number of seconds above 0'],
    [['--cells', 'all'], '--cells is "all"; it must be full or small'],
    [['--fast'], "Unknown option '--fast'"],
    [['extra'], "Unexpected argument 'extra'"],
  ])('refuses %j in one line that ends with the usage', (args, message) => {
    const parse = (): unknown => parseOptions(args);
    expect(parse).toThrow(expect.objectContaining({ type: 'Config.Invalid' }));
    expect(parse).toThrow(/^[^\n]+\. Usage: npm run bench:reserve[^\n]+$/);
    expect(parse).toThrow(message);
  });

  test('takes under three minutes unless told otherwise', () => {
    const { maxSeconds, ...rest } = parseOptions([]);
    expect(maxSeconds).toBeLessThan(180);
    expect(rest).toEqual({ isJson: false, seconds: 0.75, cells: 'full', isDurable: false });
  });

  test('reads every option', () => {
    const args = ['--json', '--seconds', '2.5', '--max-seconds=60', '--cells', 'small', '--durable'];
    expect(parseOptions(args)).toEqual({
      isJson: true,
      seconds: 2.5,
      maxSeconds: 60,
      cells: 'small',
      isDurable: true,
    });
  });
});
